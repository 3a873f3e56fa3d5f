/** Each operation of the CPU device against plain loops, at sizes that fit no vector, tile or panel. */
@NullMarked
package dev.vidda.worker.device.cpu;

import org.jspecify.annotations.NullMarked;
