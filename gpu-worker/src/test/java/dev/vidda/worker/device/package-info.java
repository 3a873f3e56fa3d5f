/** The seam's own classes: buffers, limits, rotary frequencies. */
@NullMarked
package dev.vidda.worker.device;

import org.jspecify.annotations.NullMarked;
