/** Admission by memory budget and context length, placement and queues. */
@NullMarked
package dev.vidda.scheduler;

import org.jspecify.annotations.NullMarked;
