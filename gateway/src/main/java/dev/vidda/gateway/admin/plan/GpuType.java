package dev.vidda.gateway.admin.plan;

/**
 * A GPU, from its maker's data sheet.
 *
 * @param memoryBytes what its driver shows as total
 * @param bandwidth of its memory, in bytes a second
 * @param flops multiplications and additions a second of dense 16-bit tensors with 32-bit sums
 * @param fp8Flops the same for 8-bit floats; 0 where it has none
 */
public record GpuType(String name, long memoryBytes, double bandwidth, double flops, double fp8Flops) {}
