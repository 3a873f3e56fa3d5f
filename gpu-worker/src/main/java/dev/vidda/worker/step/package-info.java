/**
 * The seam between the engine, which decides what one step computes, and the model on its device, which computes it.
 *
 * <p>The flow of data in a step: the engine's planner fills a {@link dev.vidda.worker.step.StepBatch} (plain arrays, on
 * the host), {@link dev.vidda.worker.step.ModelRunner#launch} runs the model over its rows, and
 * {@link dev.vidda.worker.step.ModelRunner#await} gives the drawn tokens as a {@link dev.vidda.worker.step.StepResult}.
 */
@NullMarked
package dev.vidda.worker.step;

import org.jspecify.annotations.NullMarked;
