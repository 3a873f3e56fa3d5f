/** Checkpoints that are right, and all the ways in which they are not. */
@NullMarked
package dev.vidda.worker.weights;

import org.jspecify.annotations.NullMarked;
