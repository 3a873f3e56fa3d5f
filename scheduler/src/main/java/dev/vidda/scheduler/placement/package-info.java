/**
 * Where a request would see its first token soonest, as pure classes (times are passed in).
 *
 * <p>{@link dev.vidda.scheduler.placement.StepTimeModel} learns what a step of a worker costs,
 * {@link dev.vidda.scheduler.placement.WorkerLoad} knows what a worker has to do,
 * {@link dev.vidda.scheduler.placement.PrefixIndex} what its cache would save.
 */
@NullMarked
package dev.vidda.scheduler.placement;

import org.jspecify.annotations.NullMarked;
