// Linear layer for many rows on Hopper: y = x W^T by wgmma.
//
//   x  [T, K] E behind a tensor map with boxes of 64 inputs x ROWS rows, swizzled by 128 bytes
//   W  packed (see pack.cu) behind a tensor map [row blocks][K / 16][256], with boxes of 4 k-steps of 8 row blocks, or 2 when GROUPS is 3
//   y  see epilogue.cuh, or float parts [parts][T][N] (see Parts: tileRows 128, units K / 64)
//
// Weights are operand A (64 outputs a warpgroup) and go through registers: a packed fragment is what wgmma wants, one
// 16-byte load a lane. Rows of x are operand B in shared memory. One thread feeds a ring of stages of 64 inputs by bulk
// copies, GROUPS warpgroups multiply. The work is cut in one of three ways:
//   tiles  128 outputs x ROWS rows, all inputs, to each block in turn
//   parts  all k-steps of all tiles of 128 outputs, evenly over the blocks; T is at most ROWS
//   gate   pairs of row blocks, all inputs, evenly over the blocks, which finish a gated layer; T is at most ROWS
// Up to 128 rows the block is small enough for the element-wise kernels to run beside it.
//
// Launch: grid (up to one block an SM), THREADS threads, shared bytes RING. K must be a multiple of 64.
#include "epilogue.cuh"
#include "parts.cuh"
#include "wgmma.cuh"

struct alignas(64) TensorMap { char opaque[128]; };

namespace linear_hopper {
template <int ROWS, int GROUPS> struct Shape {
    static constexpr int MOST = GROUPS * 4, BOX = GROUPS == 2 ? 8 : 2;  // row blocks of a stage and of a box
    static constexpr int A_BYTES = MOST * 2048, B_BYTES = ROWS * 128, STAGE = A_BYTES + B_BYTES;
    static constexpr int STAGES = (ROWS > 128 ? 220 : 160) * 1024 / STAGE;
    static constexpr int THREADS = ROWS == 256 ? 384 : GROUPS * 128 + 32;
    // Whether fragments of the next stage are loaded while this one is multiplied: pays where that is short.
    static constexpr bool EARLY = GROUPS == 2 && ROWS >= 96 && ROWS <= 192;
    static constexpr int RING = STAGES * STAGE + 1024 + 256;
};

#ifdef __CUDA_ARCH_FEAT_SM90_ALL
// What a block works on: runs of k-steps, each within one tile.
template <int MOST> struct Work {
    enum Way { TILES, PARTS, GATE };
    Way way;
    int outputTiles, rowTiles, steps;
    int at, end;             // tile, k-step of all tiles, or pair of row blocks
    int pairs;               // of a run of the gate's way
    int block, blocks, row;  // row blocks of the current run, tile of rows
    int step, stepEnd;

    __device__ __forceinline__ Work(const Output& o, int rows, int K, const Cut& cut) {
        outputTiles = (o.N + 127) / 128; rowTiles = (o.T + rows - 1) / rows; steps = K / 64;
        way = cut.blocks == 0 ? TILES : o.ending == GATED ? GATE : PARTS;
        at = way == TILES ? blockIdx.x : cut.first(blockIdx.x);
        end = way == TILES ? outputTiles * rowTiles : at + cut.count(blockIdx.x);
        if (!any()) return;
        const int runs = (2 * (end - at) + MOST - 1) / MOST;
        pairs = (end - at + runs - 1) / runs;
        place();
    }
    __device__ __forceinline__ void place() {
        int output = at;
        row = step = 0; stepEnd = steps; blocks = 8;
        if (way == GATE) { block = at * 2; blocks = min(pairs, end - at) * 2; return; }
        if (way == TILES) tileOf(at, outputTiles, rowTiles, output, row);
        else { output = at / steps; step = at - output * steps; stepEnd = min(steps, step + end - at); }
        block = output * 8;
    }
    __device__ __forceinline__ bool any() const { return at < end; }
    __device__ __forceinline__ void nextRun() {
        at += way == GATE ? pairs : way == PARTS ? stepEnd - at % steps : gridDim.x;
        if (any()) place();
    }
    __device__ __forceinline__ void nextStep() { if (++step == stepEnd) nextRun(); }
};

template <typename E, int ROWS, int GROUPS>
__device__ void run(const TensorMap& map, const TensorMap& weightMap, const Output& o, int K, const Cut& cut, long stride) {
    using S = Shape<ROWS, GROUPS>;
    extern __shared__ char unaligned[];
    const uint32_t base = (sharedAddress(unaligned) + 1023) & ~1023u;
    const uint32_t full = base + S::STAGES * S::STAGE, empty = full + S::STAGES * 8;
    const auto b = [&](int stage) { return base + stage * S::B_BYTES; };
    const auto a = [&](int stage) { return base + S::STAGES * S::B_BYTES + stage * S::A_BYTES; };
    const int group = threadIdx.x / 128, warp = threadIdx.x / 32 % 4, lane = threadIdx.x % 32;
    if (threadIdx.x == 0) {
        for (int i = 0; i < S::STAGES; i++) { barrierInit(full + i * 8, 1); barrierInit(empty + i * 8, GROUPS * 128); }
        barrierInitFence();
    }
    __syncthreads();
    dependLaunch();
    using W = Work<S::MOST>;
    W work(o, ROWS, K, cut);
    if (group == GROUPS) {
        if (ROWS == 256) registersLess<56>();
        if (threadIdx.x != GROUPS * 128) return;
        const auto weights = [&](const W& w, int stage) {
            barrierExpect(full + stage * 8, w.blocks * 2048 + S::B_BYTES);
            for (int i = 0; i < w.blocks; i += S::BOX) copyBox3(a(stage) + i * 2048, &weightMap, w.step * 4, w.block + i, full + stage * 8);
        };
        const auto rows = [&](const W& w, int stage) { copyBox(b(stage), &map, w.step * 64, w.row * ROWS, full + stage * 8); };
        // Weights do not depend on the kernel before: the first stages of them are on their way while that one ends.
        W ahead = work;
        for (int i = 0; i < S::STAGES && ahead.any(); i++, ahead.nextStep()) weights(ahead, i);
        dependWait();
        for (int i = 0; i < S::STAGES && work.any(); i++, work.nextStep()) rows(work, i);
        for (int stage = 0, phase = 0; work.any(); work.nextStep()) {
            barrierWait(empty + stage * 8, phase);
            weights(work, stage);
            rows(work, stage);
            if (++stage == S::STAGES) { stage = 0; phase ^= 1; }
        }
        return;
    }
    if (ROWS == 256) registersMore<224>();
    dependWait();
    float sum[ROWS / 8][4];
    uint32_t even[4][4], odd[4][4];
    int stage = 0, phase = 0;
    const int ownBlock = group * 4 + warp;
    for (; work.any(); work.nextRun()) {
        const auto advance = [&]() { if (++stage == S::STAGES) { stage = 0; phase ^= 1; } };
        if (GROUPS == 3 && group * 4 >= work.blocks) {  // no outputs for this warpgroup
            for (int step = work.step; step < work.stepEnd; step++, advance()) {
                barrierWait(full + stage * 8, phase);
                barrierArrive(empty + stage * 8);
            }
            continue;
        }
        const auto fetch = [&](uint32_t (&w)[4][4]) {
            barrierWait(full + stage * 8, phase);
#pragma unroll
            for (int k = 0; k < 4; k++) {
                const uint4 v = loadShared16(a(stage) + ownBlock * 2048 + k * 512 + lane * 16);
                w[k][0] = v.x; w[k][1] = v.y; w[k][2] = v.z; w[k][3] = v.w;
            }
        };
        const auto multiply = [&](uint32_t (&w)[4][4], bool add) {
            wgmmaFence();
#pragma unroll
            for (int k = 0; k < 4; k++) Wgmma<E, ROWS, 0>::fromRegisters(sum, w[k], operandIn(b(stage) + k * 32, 16, 1024), add || k > 0);
            wgmmaCommit();
        };
        const auto next = [&](uint32_t (&w)[4][4], bool another) {
            const int done = stage;
            advance();
            if (S::EARLY && another) fetch(w);
            wgmmaWait<0>();  // the other warpgroups keep the tensor cores busy meanwhile
            // Every lane, not one for its warp after __syncwarp(): no slower, and racecheck can follow it.
            barrierArrive(empty + done * 8);
            if (!S::EARLY && another) fetch(w);
        };
        const int last = work.stepEnd - 1;
        int step = work.step;
        fetch(even);
        for (; step + 1 < last; step += 2) {
            multiply(even, step > work.step);
            next(odd, true);
            multiply(odd, true);
            next(even, true);
        }
        multiply(even, step > work.step);
        next(odd, step < last);
        if (step < last) {
            multiply(odd, true);
            next(even, false);
        }
        Output to = o;
        if (work.way == W::PARTS) to.to = static_cast<float*>(o.to) + (blockIdx.x - cut.owner(work.at / work.steps * work.steps)) * stride;
        if (ownBlock < work.blocks) storeTiles<E, ROWS / 8>(to, sum, work.block + ownBlock, work.row * ROWS, lane);
    }
}
#endif
}  // namespace linear_hopper

#ifdef __CUDA_ARCH_FEAT_SM90_ALL
#define BODY(E, ROWS, GROUPS) linear_hopper::run<E, ROWS, GROUPS>(map, weightMap, o, K, cut, stride);
#else
#define BODY(E, ROWS, GROUPS)
#endif
#define KERNEL(NAME, E, ROWS, GROUPS)                                                                                     \
    extern "C" __global__ void __launch_bounds__(linear_hopper::Shape<ROWS, GROUPS>::THREADS, 1) NAME##_##E##_##ROWS(     \
        const __grid_constant__ TensorMap map, const __grid_constant__ TensorMap weightMap, Output o, int K, Cut cut, long stride) { \
        BODY(E, ROWS, GROUPS)                                                                                             \
    }
#define KERNELS(E)                                                                                                        \
    KERNEL(linear_hopper, E, 32, 2) KERNEL(linear_hopper, E, 64, 2) KERNEL(linear_hopper, E, 96, 2)                       \
    KERNEL(linear_hopper, E, 128, 2) KERNEL(linear_hopper, E, 160, 2) KERNEL(linear_hopper, E, 192, 2)                    \
    KERNEL(linear_hopper, E, 256, 2)                                                                                      \
    KERNEL(gate_hopper, E, 32, 3) KERNEL(gate_hopper, E, 64, 3) KERNEL(gate_hopper, E, 128, 3)
BOTH(KERNELS)
#undef BODY
#undef KERNEL
#undef KERNELS
