/**
 * The seam between models and what computes them: {@link dev.vidda.worker.device.Device} owns memory and runs steps,
 * {@link dev.vidda.worker.device.Ops} are the fused operations a step is made of. A model is written once against it
 * and runs on every device.
 *
 * <p>A step is a {@link dev.vidda.worker.device.StepProgram}: the same calls with the same arguments every time. All
 * that varies (token ids, positions, block tables, how to sample) is in the device's copy of the
 * {@link dev.vidda.worker.step.StepBatch}, so that a device may record a program once for each number of rows and
 * replay it.
 */
@NullMarked
package dev.vidda.worker.device;

import org.jspecify.annotations.NullMarked;
