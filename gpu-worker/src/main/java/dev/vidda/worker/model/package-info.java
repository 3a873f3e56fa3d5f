/**
 * Models: what {@code config.json} says ({@link dev.vidda.worker.model.ModelConfig}), one decoder-only transformer
 * written against the {@link dev.vidda.worker.device.Ops} of a device, and the
 * {@link dev.vidda.worker.step.ModelRunner} that the engine drives. Families differ in data
 * ({@link dev.vidda.worker.model.Architecture}), not in classes.
 */
@NullMarked
package dev.vidda.worker.model;

import org.jspecify.annotations.NullMarked;
