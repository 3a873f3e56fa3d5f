/**
 * The step loop: what each step computes, for which sequences, in which blocks.
 *
 * <p>The flow of a step: {@link dev.vidda.worker.engine.BatchPlanner} picks sequences and counts of tokens and gives them
 * blocks (decodes first, then shares of the prompts, {@link dev.vidda.worker.engine.PrefillShares});
 * {@link dev.vidda.worker.engine.Engine} launches the filled {@link dev.vidda.worker.step.StepBatch}, appends the drawn
 * tokens, publishes full blocks to the prefix cache, and ends sequences.
 *
 * <p>Plain classes for one thread: no clock, no actors, no device.
 */
@NullMarked
package dev.vidda.worker.engine;

import org.jspecify.annotations.NullMarked;
