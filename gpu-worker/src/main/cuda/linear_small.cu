// Linear layer for few rows: y = x W^T, bound by reading W once.
//
//   x     [T, K] E, in fragment order (see place()); rows up to the next multiple of 8 * TILES must be readable
//   W     packed (see pack.cu): [N / 16][K / 16][32 lanes][8] E
//   y     [2][T, N] float, partial sums (see Parts: tileRows 16)
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

struct Cut {
    int perRow, kTiles, first, last;  // chunks a row block, k-steps a row block, this warp's chunks [first, last)
};

__device__ __forceinline__ int chunkTiles(const Cut& c, int chunk) { return min(CHUNK, c.kTiles - chunk % c.perRow * CHUNK); }

__device__ __forceinline__ void fill(const char* W, const Cut& c, int chunk, uint32_t slot, uint32_t barrier, int lane) {
    int tiles = chunkTiles(c, chunk);
    const char* from = W + ((long)(chunk / c.perRow) * c.kTiles + chunk % c.perRow * CHUNK) * 512;
#if HOPPER
    if (lane == 0) {
        barrierExpect(barrier, tiles * 512);
        copyBulk(slot, from, tiles * 512, barrier);
    }
#else
    for (int i = 0; i < tiles; i++) copy16(slot + i * 512 + lane * 16, from + i * 512 + lane * 16);
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

template <typename E, int TILES>
__device__ void run(const E* x, const char* W, float* y, int T, int N, int K, int unitChunks, long stride) {
    extern __shared__ __align__(128) char shared[];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, row0 = blockIdx.y * 8 * TILES, WARPS = blockDim.x / 32;
    float* segments = reinterpret_cast<float*>(shared + WARPS * SLOTS * SLOT_BYTES + 256);  // [WARPS][2][TILES * 4][32]
    Cut cut;
    cut.kTiles = K / 16;
    cut.perRow = (cut.kTiles + CHUNK - 1) / CHUNK;
    const int units = (N + 15) / 16 * cut.perRow / unitChunks;
    const int blockFirst = (int)((long)blockIdx.x * units / gridDim.x) * unitChunks;
    const int blockLast = (int)((long)(blockIdx.x + 1) * units / gridDim.x) * unitChunks;
    const int chunks = blockLast - blockFirst;
    cut.first = blockFirst + warp * chunks / WARPS;
    cut.last = blockFirst + (warp + 1) * chunks / WARPS;

    const uint32_t ring = sharedAddress(shared) + warp * SLOTS * SLOT_BYTES;
    const uint32_t barriers = sharedAddress(shared) + WARPS * SLOTS * SLOT_BYTES + warp * SLOTS * 8;
#if HOPPER
    if (lane == 0) {
        for (int i = 0; i < SLOTS; i++) barrierInit(barriers + i * 8, 1);
        barrierInitFence();
    }
    __syncwarp();
#endif
    for (int i = 0; i < SLOTS; i++) {
        if (cut.first + i < cut.last) fill(W, cut, cut.first + i, ring + i * SLOT_BYTES, barriers + i * 8, lane);
        copyCommit();
    }
    dependLaunch();
    dependWait();

    float sum[TILES][4] = {};
    const E* rows = x + (long)(row0 + lane / 4) * K + lane % 4 * 8;
    int slot = 0, phase = 0;
    for (int chunk = cut.first; chunk < cut.last; chunk++) {
        const int tiles = chunkTiles(cut, chunk), rowBlock = chunk / cut.perRow;
        const E* at = rows + chunk % cut.perRow * (CHUNK * 16);
        const uint32_t from = ring + slot * SLOT_BYTES + lane * 16;
        uint4 b[CHUNK / 2][TILES];
#pragma unroll
        for (int i = 0; i < CHUNK / 2; i++) {
#pragma unroll
            for (int j = 0; j < TILES; j++)
                if (2 * i < tiles) b[i][j] = load16(at + (long)j * 8 * K + i * 32);
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
        if (chunk + SLOTS < cut.last) fill(W, cut, chunk + SLOTS, ring + slot * SLOT_BYTES, barriers + slot * 8, lane);
        copyCommit();
        if (++slot == SLOTS) { slot = 0; phase ^= 1; }

        if (chunk + 1 == cut.last || (chunk + 1) % cut.perRow == 0) {
            const int begin = max(blockFirst, rowBlock * cut.perRow), end = min(blockLast, (rowBlock + 1) * cut.perRow);
            if (cut.first <= begin && cut.last >= end) {
                store<TILES>(y + (begin == rowBlock * cut.perRow ? 0 : stride), sum, rowBlock, row0, T, N, lane);
            } else {
                float* to = segments + (warp * 2 + (rowBlock == cut.first / cut.perRow ? 0 : 1)) * TILES * 128 + lane;
#pragma unroll
                for (int i = 0; i < TILES * 4; i++) to[i * 32] = sum[i / 4][i % 4];
            }
#pragma unroll
            for (int i = 0; i < TILES * 4; i++) sum[i / 4][i % 4] = 0;
        }
    }
    __syncthreads();
    if (chunks == 0) return;
    for (int rowBlock = blockFirst / cut.perRow + warp; rowBlock <= (blockLast - 1) / cut.perRow; rowBlock += WARPS) {
        const int begin = max(blockFirst, rowBlock * cut.perRow), end = min(blockLast, (rowBlock + 1) * cut.perRow);
        const int from = ((begin - blockFirst + 1) * WARPS - 1) / chunks, to = ((end - blockFirst) * WARPS - 1) / chunks;
        if (from == to) continue;
        for (int w = from; w <= to; w++) {
            const int first = blockFirst + w * chunks / WARPS, last = blockFirst + (w + 1) * chunks / WARPS;
            if (first == last) continue;
            const float* s = segments + (w * 2 + (rowBlock == first / cut.perRow ? 0 : 1)) * TILES * 128 + lane;
#pragma unroll
            for (int i = 0; i < TILES * 4; i++) sum[i / 4][i % 4] = w == from ? s[i * 32] : sum[i / 4][i % 4] + s[i * 32];
        }
        store<TILES>(y + (begin == rowBlock * cut.perRow ? 0 : stride), sum, rowBlock, row0, T, N, lane);
    }
}
}  // namespace linear_small

#define KERNEL(E, TILES)                                                                                                  \
    extern "C" __global__ void __launch_bounds__(512, 1) linear_small_##E##_##TILES(                                      \
        const E* x, const char* W, float* y, int T, int N, int K, int unitChunks, long stride) {                          \
        linear_small::run<E, TILES>(x, W, y, T, N, K, unitChunks, stride);                                                \
    }
#define KERNELS(E) KERNEL(E, 1) KERNEL(E, 2) KERNEL(E, 4)
BOTH(KERNELS)
#undef KERNEL
#undef KERNELS
