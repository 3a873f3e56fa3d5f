@NullMarked
package dev.vidda.worker.sampling;

import org.jspecify.annotations.NullMarked;
