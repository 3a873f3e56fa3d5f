/**
 * The device that every machine has: all cores, with the Vector API.
 *
 * <p>Sums never depend on the batch, on threads or on the width of vectors: a lane computes one output, by fused
 * multiply-adds over its inputs in ascending order, so results are the same to the last bit on every machine. Weights are
 * repacked for that into panels, see {@link dev.vidda.worker.device.cpu.PackedMatrix}.
 */
@NullMarked
package dev.vidda.worker.device.cpu;

import org.jspecify.annotations.NullMarked;
