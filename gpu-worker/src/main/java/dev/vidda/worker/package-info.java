/**
 * The worker: an actor that owns one model on one device and runs its step loop.
 *
 * <p>{@link dev.vidda.worker.GpuWorker} carries messages to the {@link dev.vidda.worker.engine.Engine} and its tokens to
 * the gateways; everything that decides lies in the packages below, which know no actors.
 */
@NullMarked
package dev.vidda.worker;

import org.jspecify.annotations.NullMarked;
