// Linear layer for many rows on Hopper: y = x W^T by wgmma.
//
//   x  [T, K] E behind a tensor map with boxes of 64 inputs x ROWS rows, swizzled by 128 bytes
//   W  packed (see pack.cu)      y  see epilogue.cuh, or float parts [parts][T][N] (see Parts: tileRows 128, units K / 64)
//
// Weights are operand A (64 outputs a warpgroup) and go through registers: a packed fragment is what wgmma wants, one
// 16-byte load a lane. Rows of x are operand B in shared memory. One warp feeds a ring of stages of 64 inputs by bulk
// copies, two warpgroups multiply. With parts, all k-steps of all tiles are cut evenly over the blocks.
// Up to 128 rows the block is small enough for the element-wise kernels to run beside it.
//
// Launch: grid (up to one block an SM), THREADS threads, shared bytes RING. K must be a multiple of 64.
#include "epilogue.cuh"
#include "parts.cuh"
#include "wgmma.cuh"

struct alignas(64) TensorMap { char opaque[128]; };

namespace linear_hopper {
constexpr int A_BYTES = 16384;
template <int ROWS> struct Shape {
    static constexpr int B_BYTES = ROWS * 128, STAGE = A_BYTES + B_BYTES, STAGES = ROWS == 256 ? 4 : ROWS == 128 ? 5 : 6;
    static constexpr int THREADS = ROWS == 256 ? 384 : 288;
    static constexpr int RING = STAGES * STAGE + 1024 + 256;
};

#ifdef __CUDA_ARCH_FEAT_SM90_ALL
// What a block works on: runs of k-steps, each within one tile.
struct Work {
    int outputTiles, rowTiles, steps;
    bool cut;                                 // k-steps are cut over blocks
    int tile, step, stepEnd, last;            // the current run [step, stepEnd) of `tile`; last unit or tile
    int output, row;

    __device__ __forceinline__ Work(int N, int T, int rows, int K, const Cut& evenly) {
        outputTiles = (N + 127) / 128; rowTiles = (T + rows - 1) / rows; steps = K / 64; cut = evenly.blocks;
        if (cut) {
            const int first = evenly.first(blockIdx.x);
            last = first + evenly.count(blockIdx.x);
            begin(first);
        } else {
            last = outputTiles * rowTiles;
            tile = blockIdx.x; step = 0; stepEnd = steps;
            tileOf(tile, outputTiles, rowTiles, output, row);
        }
    }
    __device__ __forceinline__ void begin(int unit) {
        tile = unit / steps; step = unit % steps;
        stepEnd = min(steps, last - tile * steps);
        output = tile; row = 0;
    }
    __device__ __forceinline__ bool any() const { return cut ? tile * steps + step < last : tile < last; }
    __device__ __forceinline__ void nextRun() {
        if (cut) begin(tile * steps + stepEnd);
        else { tile += gridDim.x; step = 0; if (tile < last) tileOf(tile, outputTiles, rowTiles, output, row); }
    }
    __device__ __forceinline__ void nextStep() { if (++step == stepEnd) nextRun(); }
};

template <typename E, int ROWS>
__device__ void run(const TensorMap& map, const char* W, const Output& o, int K, const Cut& cut, long stride) {
    using S = Shape<ROWS>;
    extern __shared__ char unaligned[];
    const uint32_t base = (sharedAddress(unaligned) + 1023) & ~1023u;
    const uint32_t full = base + S::STAGES * S::STAGE, empty = full + S::STAGES * 8;
    const auto b = [&](int stage) { return base + stage * S::B_BYTES; };
    const auto a = [&](int stage) { return base + S::STAGES * S::B_BYTES + stage * A_BYTES; };
    const int group = threadIdx.x / 128, warp = threadIdx.x / 32 % 4, lane = threadIdx.x % 32;
    if (threadIdx.x == 0) {
        for (int i = 0; i < S::STAGES; i++) { barrierInit(full + i * 8, 1); barrierInit(empty + i * 8, 256); }
        barrierInitFence();
    }
    __syncthreads();
    dependLaunch();
    Work work(o.N, o.T, ROWS, K, cut);
    if (group == 2) {
        if (ROWS == 256) registersLess<56>();
        if (threadIdx.x != 256) return;
        const int rowBlocks = (o.N + 15) / 16, kTiles = K / 16;
        const auto weights = [&](const Work& w, int stage) {
            const int blocks = min(8, rowBlocks - w.output * 8);
            barrierExpect(full + stage * 8, blocks * 2048 + S::B_BYTES);
            for (int i = 0; i < blocks; i++)
                copyBulk(a(stage) + i * 2048, W + ((long)(w.output * 8 + i) * kTiles + w.step * 4) * 512, 2048, full + stage * 8);
        };
        const auto rows = [&](const Work& w, int stage) { copyBox(b(stage), &map, w.step * 64, w.row * ROWS, full + stage * 8); };
        // Weights do not depend on the kernel before: the first stages of them are on their way while that one ends.
        Work ahead = work;
        for (int i = 0; i < S::STAGES && ahead.any(); i++, ahead.nextStep()) weights(ahead, i);
        dependWait();
        for (int i = 0; i < S::STAGES && work.any(); i++, work.nextStep()) rows(work, i);
        for (int i = S::STAGES; work.any(); i++, work.nextStep()) {
            const int stage = i % S::STAGES;
            barrierWait(empty + stage * 8, (i / S::STAGES - 1) & 1);
            weights(work, stage);
            rows(work, stage);
        }
        return;
    }
    if (ROWS == 256) registersMore<224>();
    dependWait();
    float sum[ROWS / 8][4];
    uint32_t w[4][4];
    int stage = 0, phase = 0;
    const uint32_t fragment = (group * 4 + warp) * 2048 + lane * 16;
    for (; work.any(); work.nextRun()) {
        for (int step = work.step; step < work.stepEnd; step++) {
            barrierWait(full + stage * 8, phase);
#pragma unroll
            for (int k = 0; k < 4; k++) {
                const uint4 v = loadShared16(a(stage) + fragment + k * 512);
                w[k][0] = v.x; w[k][1] = v.y; w[k][2] = v.z; w[k][3] = v.w;
            }
            wgmmaFence();
#pragma unroll
            for (int k = 0; k < 4; k++)
                Wgmma<E, ROWS, 0>::fromRegisters(sum, w[k], operandIn(b(stage) + k * 32, 16, 1024), step > work.step || k > 0);
            wgmmaCommit();
            // The other warpgroup keeps the tensor cores busy meanwhile.
            wgmmaWait<0>();
            // Every lane, not one for its warp after __syncwarp(): no slower, and racecheck can follow it.
            barrierArrive(empty + stage * 8);
            if (++stage == S::STAGES) { stage = 0; phase ^= 1; }
        }
        Output to = o;
        if (cut.blocks) {
            const int part = blockIdx.x - cut.owner(work.tile * work.steps);
            to.to = static_cast<float*>(o.to) + part * stride;
        }
        storeTiles<E, ROWS / 8>(to, sum, work.output * 8 + group * 4 + warp, work.row * ROWS, lane);
    }
}
#endif
}  // namespace linear_hopper

#ifdef __CUDA_ARCH_FEAT_SM90_ALL
#define BODY(E, ROWS) linear_hopper::run<E, ROWS>(map, W, o, K, cut, stride);
#else
#define BODY(E, ROWS)
#endif
#define KERNEL(E, ROWS)                                                                                                   \
    extern "C" __global__ void __launch_bounds__(ROWS == 256 ? 384 : 288, ROWS == 64 ? 2 : 1) linear_hopper_##E##_##ROWS(                                      \
        const __grid_constant__ TensorMap map, const char* W, Output o, int K, Cut cut, long stride) {                    \
        BODY(E, ROWS)                                                                                                     \
    }
#define KERNELS(E) KERNEL(E, 64) KERNEL(E, 128) KERNEL(E, 256)
BOTH(KERNELS)
#undef BODY
#undef KERNEL
#undef KERNELS
