/** Masks against the definition: every token tried byte by byte. */
@NullMarked
package dev.vidda.worker.constraint;

import org.jspecify.annotations.NullMarked;
