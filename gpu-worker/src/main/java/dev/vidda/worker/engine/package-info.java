/**
 * The step loop: what each step computes, for which sequences, in which blocks.
 *
 * <p>The flow of a step: {@link dev.vidda.worker.engine.BatchPlanner} picks sequences and counts of tokens and gives them
 * blocks (decodes first, then shares of the prompts, {@link dev.vidda.worker.engine.PrefillShares});
 * {@link dev.vidda.worker.engine.Engine} launches the filled {@link dev.vidda.worker.step.StepBatch}, with lookahead before
 * it has read the step before, publishes full blocks to the prefix cache, appends the drawn tokens, and ends sequences. Where
 * blocks run out, {@link dev.vidda.worker.engine.VictimChoice} and {@link dev.vidda.worker.engine.Swap} make room.
 *
 * <p>Plain classes for one thread: no clock, no actors, no device.
 */
@NullMarked
package dev.vidda.worker.engine;

import org.jspecify.annotations.NullMarked;
