// Linear layer for many rows on any tensor core: y = x W^T.
//
//   x  [T, K] E          W  packed (see pack.cu)          y  see epilogue.cuh
//
// A block computes 128 outputs of 128 rows: weights are the A operand of m16n8k16 and come as whole fragments, rows of x the B
// operand. cp.async in 4 stages of 32 inputs; shared rows of x are 64 bytes with their 16-byte pieces swapped.
//
// Launch: grid ceil(N / 128) * ceil(T / 128), 256 threads, shared bytes 4 * 16384. K must be a multiple of 32.
#include "epilogue.cuh"

namespace linear_large {
constexpr int STAGES = 4, A_BYTES = 8192, STAGE_BYTES = 16384;

__device__ __forceinline__ uint32_t at(int row, int piece) { return row * 64 + ((piece ^ (row >> 1 & 3)) * 16); }

template <typename E>
__device__ __forceinline__ void fetch(const E* x, const char* W, int rowBlock0, int rowBlocks, int t0, int T, int K, int step, uint32_t shared) {
#pragma unroll
    for (int i = threadIdx.x; i < 512; i += 256) {
        const int rowBlock = min(rowBlock0 + i / 64, rowBlocks - 1);
        copy16(shared + i * 16, W + ((long)rowBlock * (K / 16) + step * 2) * 512 + i % 64 * 16);
    }
#pragma unroll
    for (int i = threadIdx.x; i < 512; i += 256) {
        const int row = i / 4, piece = i % 4;
        copy16(shared + A_BYTES + at(row, piece), x + (long)min(t0 + row, T - 1) * K + step * 32 + piece * 8);
    }
}

template <typename E>
__device__ void run(const E* x, const char* W, const Output& o, int K) {
    extern __shared__ __align__(128) char shared[];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const int rowBlocks = (o.N + 15) / 16;
    int outputTile, rowTile;
    tileOf(blockIdx.x, (rowBlocks + 7) / 8, (o.T + 127) / 128, outputTile, rowTile);
    const int rowBlock0 = outputTile * 8, t0 = rowTile * 128, steps = K / 32;
    const uint32_t base = sharedAddress(shared);
    dependLaunch();
    dependWait();
#pragma unroll
    for (int i = 0; i < STAGES - 1; i++) {
        if (i < steps) fetch(x, W, rowBlock0, rowBlocks, t0, o.T, K, i, base + i * STAGE_BYTES);
        copyCommit();
    }
    float sum[4][4][4] = {};
    for (int step = 0; step < steps; step++) {
        copyWait<STAGES - 2>();
        __syncthreads();
        if (step + STAGES - 1 < steps)
            fetch(x, W, rowBlock0, rowBlocks, t0, o.T, K, step + STAGES - 1, base + (step + STAGES - 1) % STAGES * STAGE_BYTES);
        copyCommit();
        const uint32_t a = base + step % STAGES * STAGE_BYTES + warp / 4 * 4 * 1024 + lane * 16;
        const uint32_t b = base + step % STAGES * STAGE_BYTES + A_BYTES;
        uint32_t rows[4][4];
#pragma unroll
        for (int j = 0; j < 4; j++) loadMatrix4(rows[j], b + at(warp % 4 * 32 + j * 8 + lane % 8, lane / 8));
#pragma unroll
        for (int k = 0; k < 2; k++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const uint4 w = loadShared16(a + i * 1024 + k * 512);
#pragma unroll
                for (int j = 0; j < 4; j++) mma<E>(sum[i][j], w.x, w.y, w.z, w.w, rows[j][2 * k], rows[j][2 * k + 1]);
            }
        }
    }
#pragma unroll
    for (int i = 0; i < 4; i++) storeTiles<E, 4>(o, sum[i], rowBlock0 + warp / 4 * 4 + i, t0 + warp % 4 * 32, lane);
}
}  // namespace linear_large

#define KERNELS(E)                                                                                                        \
    extern "C" __global__ void __launch_bounds__(256, 2) linear_large_##E(const E* x, const char* W, Output o, int K) {   \
        linear_large::run<E>(x, W, o, K);                                                                                 \
    }
BOTH(KERNELS)
#undef KERNELS
