// Linear layer for few rows: y = x W^T, bound by reading W once.
//
//   x     [T, K] E, in fragment order (see place())
//   W     packed (see pack.cu): [N / 16][K / 16][32 lanes][8] E
//   y     [2][T, N] float, partial sums (see Parts: tileRows 16), or gated: [T, N / 2] E, silu(gate) * up, when no row block
//         is shared by blocks
//
// Weights are the A operand of m16n8k16 (16 outputs x 16 inputs), rows of x the B operand (8 rows), so one pass over W serves
// up to 8 * TILES rows. All chunks (8 k-steps of a row block of 16 outputs, 4 KB) lie in one line that is cut evenly over
// blocks and their warps. Every warp fills a ring of its own: no block-wide barrier until the sums. A row block shared by
// warps is summed in warp order in shared memory, one shared by two blocks leaves two parts.
// The ring is filled before the kernel waits for the one before it: weights never depend on that.
//
// Launch: grid (blocks, ceil(T / (8 * TILES))), up to 16 warps, shared bytes 256 + a warp's (8 + TILES) KB. K must be a
// multiple of 32.
#include "common.cuh"

namespace linear_small {
constexpr int SLOTS = 2, CHUNK = 8, SLOT_BYTES = CHUNK * 512;

// Walks chunks in the order in which they lie in memory.
struct Walk {
    const char* at;  // the chunk's bytes
    int rowBlock, inner, tiles;
    int kTiles, perRow;

    __device__ __forceinline__ Walk(const char* W, int chunk, int kTiles, int perRow) : kTiles(kTiles), perRow(perRow) {
        rowBlock = chunk / perRow;
        inner = chunk % perRow;
        tiles = min(CHUNK, kTiles - inner * CHUNK);
        at = W + ((long)rowBlock * kTiles + inner * CHUNK) * 512;
    }
    __device__ __forceinline__ void next() {
        at += tiles * 512;
        if (++inner == perRow) { inner = 0; rowBlock++; }
        tiles = min(CHUNK, kTiles - inner * CHUNK);
    }
};

__device__ __forceinline__ void fill(const Walk& from, uint32_t slot, uint32_t barrier, int lane) {
#if HOPPER
    if (lane == 0) {
        barrierExpect(barrier, from.tiles * 512);
        copyBulk(slot, from.at, from.tiles * 512, barrier);
    }
#else
    for (int i = 0; i < from.tiles; i++) copy16(slot + i * 512 + lane * 16, from.at + i * 512 + lane * 16);
#endif
}

// Two k-steps for every group of 8 rows.
template <typename E, int TILES>
__device__ __forceinline__ void multiply(float (&sum)[TILES][4], const uint4& w0, const uint4& w1, const uint4 (&x)[TILES]) {
#pragma unroll
    for (int j = 0; j < TILES; j++) mma<E>(sum[j], w0.x, w0.y, w0.z, w0.w, x[j].x, x[j].y);
#pragma unroll
    for (int j = 0; j < TILES; j++) mma<E>(sum[j], w1.x, w1.y, w1.z, w1.w, x[j].z, x[j].w);
}

template <int TILES>
__device__ __forceinline__ void store(float* y, const float (&sum)[TILES][4], int rowBlock, int row0, int T, int N, int lane) {
    int n = rowBlock * 16 + lane / 4;
#pragma unroll
    for (int j = 0; j < TILES; j++) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int t = row0 + j * 8 + lane % 4 * 2 + i % 2;
            int column = n + i / 2 * 8;
            if (t < T && column < N) y[(long)t * N + column] = sum[j][i];
        }
    }
}

// The pair of a gate and an up projection is in one lane (see pack.cu).
template <typename E, int TILES>
__device__ __forceinline__ void storeGated(E* y, const float* bias, const float (&sum)[TILES][4], int rowBlock, int row0, int T, int F, int lane, bool fragments) {
    const int column = rowBlock * 8 + lane / 4;
    const float gate = bias ? bias[rowBlock * 16 + lane / 4] : 0.0f, up = bias ? bias[rowBlock * 16 + 8 + lane / 4] : 0.0f;
    if (column >= F) return;
#pragma unroll
    for (int j = 0; j < TILES; j++) {
#pragma unroll
        for (int i = 0; i < 2; i++) {
            const int t = row0 + j * 8 + lane % 4 * 2 + i;
            if (t < T) y[(long)t * F + place(column, fragments)] = Element<E>::of(silu(sum[j][i] + gate) * (sum[j][i + 2] + up));
        }
    }
}

template <typename E, int TILES>
__device__ void run(const E* x, const char* W, float* y, int T, int N, int K, int unitChunks, long stride, const float* bias, int gated) {
    extern __shared__ __align__(128) char shared[];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, row0 = blockIdx.y * 8 * TILES, WARPS = blockDim.x / 32;
    float* segments = reinterpret_cast<float*>(shared + WARPS * SLOTS * SLOT_BYTES + 256);  // [WARPS][2][TILES * 4][32]
    const int kTiles = K / 16, perRow = (kTiles + CHUNK - 1) / CHUNK, units = (N + 15) / 16 * perRow / unitChunks;
    const int blockFirst = (int)((long)blockIdx.x * units / gridDim.x) * unitChunks;
    const int blockLast = (int)((long)(blockIdx.x + 1) * units / gridDim.x) * unitChunks;
    const int chunks = blockLast - blockFirst;
    const int first = blockFirst + warp * chunks / WARPS, last = blockFirst + (warp + 1) * chunks / WARPS;
    const int firstRowBlock = first / perRow;

    const uint32_t ring = sharedAddress(shared) + warp * SLOTS * SLOT_BYTES;
    const uint32_t barriers = sharedAddress(shared) + WARPS * SLOTS * SLOT_BYTES + warp * SLOTS * 8;
#if HOPPER
    if (lane == 0) {
        for (int i = 0; i < SLOTS; i++) barrierInit(barriers + i * 8, 1);
        barrierInitFence();
    }
    __syncwarp();
#endif
    Walk ahead(W, first, kTiles, perRow), now = ahead;
    for (int i = 0; i < SLOTS; i++) {
        if (first + i < last) fill(ahead, ring + i * SLOT_BYTES, barriers + i * 8, lane);
        ahead.next();
        copyCommit();
    }
    dependLaunch();
    dependWait();

    float sum[TILES][4] = {};
    const E* rows = x + (long)(row0 + lane / 4) * K + lane % 4 * 8;
    int slot = 0, phase = 0;
    for (int chunk = first; chunk < last; chunk++) {
        const int tiles = now.tiles, rowBlock = now.rowBlock;
        const E* at = rows + now.inner * (CHUNK * 16);
        const uint32_t from = ring + slot * SLOT_BYTES + lane * 16;
        uint4 b[CHUNK / 2][TILES];
#pragma unroll
        for (int i = 0; i < CHUNK / 2; i++) {
#pragma unroll
            for (int j = 0; j < TILES; j++)
                b[i][j] = 2 * i < tiles && lane / 4 < T - row0 - j * 8 ? load16(at + (long)j * 8 * K + i * 32) : make_uint4(0, 0, 0, 0);
        }
#if HOPPER
        barrierWait(barriers + slot * 8, phase);
#else
        copyWait<SLOTS - 1>();
        __syncwarp();
#endif
#pragma unroll
        for (int i = 0; i < CHUNK / 2; i++) {
            if (2 * i < tiles)
                multiply<E, TILES>(sum, loadShared16(from + 2 * i * 512), loadShared16(from + (2 * i + 1) * 512), b[i]);
        }
        __syncwarp();
        if (chunk + SLOTS < last) fill(ahead, ring + slot * SLOT_BYTES, barriers + slot * 8, lane);
        ahead.next();
        now.next();
        copyCommit();
        if (++slot == SLOTS) { slot = 0; phase ^= 1; }

        if (chunk + 1 == last || now.inner == 0) {
            const int begin = max(blockFirst, rowBlock * perRow), end = min(blockLast, (rowBlock + 1) * perRow);
            if (first <= begin && last >= end) {
                if (gated) storeGated<E, TILES>(reinterpret_cast<E*>(y), bias, sum, rowBlock, row0, T, N / 2, lane, gated == 2);
                else store<TILES>(y + (begin == rowBlock * perRow ? 0 : stride), sum, rowBlock, row0, T, N, lane);
            } else {
                float* to = segments + (warp * 2 + (rowBlock == firstRowBlock ? 0 : 1)) * TILES * 128 + lane;
#pragma unroll
                for (int i = 0; i < TILES * 4; i++) to[i * 32] = sum[i / 4][i % 4];
            }
#pragma unroll
            for (int i = 0; i < TILES * 4; i++) sum[i / 4][i % 4] = 0;
        }
    }
    __syncthreads();
    if (chunks == 0) return;
    for (int rowBlock = blockFirst / perRow + warp; rowBlock <= (blockLast - 1) / perRow; rowBlock += WARPS) {
        const int begin = max(blockFirst, rowBlock * perRow), end = min(blockLast, (rowBlock + 1) * perRow);
        const int from = ((begin - blockFirst + 1) * WARPS - 1) / chunks, to = ((end - blockFirst) * WARPS - 1) / chunks;
        if (from == to) continue;
        for (int w = from; w <= to; w++) {
            const int from0 = blockFirst + w * chunks / WARPS, to0 = blockFirst + (w + 1) * chunks / WARPS;
            if (from0 == to0) continue;
            const float* s = segments + (w * 2 + (rowBlock == from0 / perRow ? 0 : 1)) * TILES * 128 + lane;
#pragma unroll
            for (int i = 0; i < TILES * 4; i++) sum[i / 4][i % 4] = w == from ? s[i * 32] : sum[i / 4][i % 4] + s[i * 32];
        }
        if (gated) storeGated<E, TILES>(reinterpret_cast<E*>(y), bias, sum, rowBlock, row0, T, N / 2, lane, gated == 2);
        else store<TILES>(y + (begin == rowBlock * perRow ? 0 : stride), sum, rowBlock, row0, T, N, lane);
    }
}
}  // namespace linear_small

#define KERNEL(E, TILES)                                                                                                  \
    extern "C" __global__ void __launch_bounds__(512, TILES == 1 ? 2 : 1) linear_small_##E##_##TILES(                                      \
        const E* x, const char* W, float* y, int T, int N, int K, int unitChunks, long stride, const float* bias,         \
        int gated) {                                                                                                      \
        linear_small::run<E, TILES>(x, W, y, T, N, K, unitChunks, stride, bias, gated);                                   \
    }
#define KERNELS(E) KERNEL(E, 1) KERNEL(E, 2) KERNEL(E, 4)
BOTH(KERNELS)
#undef KERNEL
#undef KERNELS
