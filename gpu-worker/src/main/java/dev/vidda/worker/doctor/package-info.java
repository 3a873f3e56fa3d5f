/**
 * Checks whether this machine's devices compute what they should, and how fast: {@code vidda doctor}.
 *
 * <p>{@link dev.vidda.worker.doctor.LayerCheck} runs one decoder layer on two devices and compares: the cpu device with
 * {@link dev.vidda.worker.doctor.ReferenceDevice}, which is nothing but loops, and a GPU with the cpu device.
 */
@NullMarked
package dev.vidda.worker.doctor;

import org.jspecify.annotations.NullMarked;
