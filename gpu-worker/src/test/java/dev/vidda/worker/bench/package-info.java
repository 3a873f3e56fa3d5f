/** Tests of what benchmarks compute, not of how fast anything is. */
@NullMarked
package dev.vidda.worker.bench;

import org.jspecify.annotations.NullMarked;
