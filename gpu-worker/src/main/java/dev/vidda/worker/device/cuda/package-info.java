/**
 * NVIDIA GPUs: JCuda's driver API, and {@code java.lang.foreign} for what it lacks. Kernels are in
 * {@code src/main/cuda}, compiled into the fatbin that {@link dev.vidda.worker.device.cuda.Kernels} loads.
 *
 * <p>{@link dev.vidda.worker.device.cuda.CudaDevice} owns context, stream and memory;
 * {@link dev.vidda.worker.device.cuda.CudaOps} turns the operations of a step into launches, which
 * {@link dev.vidda.worker.device.cuda.StepGraphs} records once for every number of decoding rows.
 */
@NullMarked
package dev.vidda.worker.device.cuda;

import org.jspecify.annotations.NullMarked;
