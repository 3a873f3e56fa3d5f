// Linear layer for few rows: y = x W^T, bound by reading W once.
//
//   x     [T, K] E, in fragment order (see place())
//   W     packed (see pack.cu): [N / 16][K / 16][32 lanes][8] E
//   y     [2][T, N] float, partial sums (see Parts: tileRows 0), or [T, N] float, or gated: [T, N / 2] E, silu(gate) * up, when no row block
//         is shared by blocks
//
// Weights are the A operand of m16n8k16 (16 outputs x 16 inputs), rows of x the B operand (8 rows), so one pass over W serves
// up to 8 * TILES rows. All chunks (8 k-steps of a row block of 16 outputs, 4 KB) lie in one line that is cut evenly over
// blocks and their warps. Every warp fills a ring of its own: no block-wide barrier until the sums. A row block shared by
// warps is summed in warp order in shared memory, one shared by two blocks leaves two parts; else the second part is zero.
// The ring is filled before the kernel waits for the one before it: weights never depend on that. One block fits an SM
// beside the small kernels between two layers; two would leave other SMs idle.
//
// Launch: grid (blocks, ceil(T / (8 * TILES))), 32 * WARPS threads, shared bytes 256 + WARPS * (8 + TILES) KB.
// K must be a multiple of 32.
#include "parts.cuh"

// How the work is cut, the same for every launch of a matrix.
struct SmallShape {
    int T;
    int N;
    int K;
    int perRow;        // chunks of a row block
    uint32_t inverse;  // ceil(2^32 / perRow)
    int unitChunks;    // chunks that are never cut between blocks
    Cut cut;           // of the units
    int gated;         // 0: parts; 1: silu(gate) * up in the order of rows; 2: in fragment order
    long stride;       // floats from the first part to the second; 0 where there is no second
    const float* bias; // of a gated layer, or null
};

namespace linear_small {
constexpr int SLOTS = 2, CHUNK = 8, SLOT_BYTES = CHUNK * 512;

// Walks chunks in the order in which they lie in memory.
struct Walk {
    const char* at;  // the chunk's bytes
    int rowBlock, inner, tiles;
    int kTiles, perRow;

    __device__ __forceinline__ Walk(const char* W, int chunk, const SmallShape& s) : kTiles(s.K / 16), perRow(s.perRow) {
        rowBlock = perRow == 1 ? chunk : (int)__umulhi(chunk, s.inverse);
        inner = chunk - rowBlock * perRow;
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
        copyBulkOnce(slot, from.at, from.tiles * 512, barrier);
    }
#else
    for (int i = 0; i < from.tiles; i++) copy16(slot + i * 512 + lane * 16, from.at + i * 512 + lane * 16);
#endif
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

// B fragments of a chunk, from global memory.
template <typename E, int TILES>
__device__ __forceinline__ void loadRows(uint4 (&b)[CHUNK / 2][TILES], const E* at, int tiles, int valid, int K) {
#pragma unroll
    for (int i = 0; i < CHUNK / 2; i++) {
#pragma unroll
        for (int j = 0; j < TILES; j++)
            b[i][j] = 2 * i < tiles && j * 8 < valid ? load16(at + (long)j * 8 * K + i * 32) : make_uint4(0, 0, 0, 0);
    }
}

template <typename E, int TILES, int WARPS>
__device__ void run(const E* x, const char* W, float* y, const SmallShape& s) {
    extern __shared__ __align__(128) char shared[];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, row0 = blockIdx.y * 8 * TILES;
    float4* segments = reinterpret_cast<float4*>(shared + WARPS * SLOTS * SLOT_BYTES + 256);  // [WARPS][2][TILES][32]
    const int blockFirst = s.cut.first(blockIdx.x) * s.unitChunks, chunks = s.cut.count(blockIdx.x) * s.unitChunks;
    const int blockLast = blockFirst + chunks;
    const int first = blockFirst + warp * chunks / WARPS, last = blockFirst + (warp + 1) * chunks / WARPS;

    const uint32_t ring = sharedAddress(shared) + warp * SLOTS * SLOT_BYTES;
    const uint32_t barriers = sharedAddress(shared) + WARPS * SLOTS * SLOT_BYTES + warp * SLOTS * 8;
#if HOPPER
    if (lane == 0) {
        for (int i = 0; i < SLOTS; i++) barrierInit(barriers + i * 8, 1);
        barrierInitFence();
    }
    __syncwarp();
#endif
    Walk ahead(W, first, s);
    const Walk start = ahead;
    for (int i = 0; i < SLOTS; i++) {
        if (first + i < last) fill(ahead, ring + i * SLOT_BYTES, barriers + i * 8, lane);
        ahead.next();
        copyCommit();
    }
    dependLaunch();
    const E* rows = x + (long)(row0 + lane / 4) * s.K + lane % 4 * 8;
    const int firstRowBlock = start.rowBlock, blockRow = Walk(W, blockFirst, s).rowBlock, valid = s.T - row0 - lane / 4;
    const int laneFirst = blockFirst + lane * chunks / WARPS, laneLast = blockFirst + (lane + 1) * chunks / WARPS;
    const auto put = [&](const float (&sum)[TILES][4], int rowBlock, bool whole, bool second) {
        if (s.gated) return storeGated<E, TILES>(reinterpret_cast<E*>(y), s.bias, sum, rowBlock, row0, s.T, s.N / 2, lane, s.gated == 2);
        store<TILES>(y + (second ? s.stride : 0), sum, rowBlock, row0, s.T, s.N, lane);
        if (whole && s.stride > 0) {
            const float none[TILES][4] = {};
            store<TILES>(y + s.stride, none, rowBlock, row0, s.T, s.N, lane);
        }
    };
    dependWait();

    float sum[2][TILES][4] = {};
    Walk now = start;
    int slot = 0, phase = 0;
    uint4 b[CHUNK / 2][TILES];
    if (first < last) loadRows<E, TILES>(b, rows + now.inner * (CHUNK * 16), now.tiles, valid, s.K);
    for (int chunk = first; chunk < last; chunk++) {
        const int tiles = now.tiles, rowBlock = now.rowBlock;
        const uint32_t from = ring + slot * SLOT_BYTES + lane * 16;
        now.next();
        // The next chunk's rows are on their way while this one is multiplied.
        uint4 next[CHUNK / 2][TILES];
        if (chunk + 1 < last) loadRows<E, TILES>(next, rows + now.inner * (CHUNK * 16), now.tiles, valid, s.K);
#if HOPPER
        barrierWait(barriers + slot * 8, phase);
#else
        copyWait<SLOTS - 1>();
        __syncwarp();
#endif
#pragma unroll
        for (int i = 0; i < CHUNK / 2; i++) {
            if (2 * i >= tiles) continue;
            const uint4 w0 = loadShared16(from + 2 * i * 512), w1 = loadShared16(from + (2 * i + 1) * 512);
#pragma unroll
            for (int j = 0; j < TILES; j++) mma<E>(sum[0][j], w0.x, w0.y, w0.z, w0.w, b[i][j].x, b[i][j].y);
#pragma unroll
            for (int j = 0; j < TILES; j++) mma<E>(sum[1][j], w1.x, w1.y, w1.z, w1.w, b[i][j].z, b[i][j].w);
        }
        __syncwarp();
        if (chunk + SLOTS < last) {
            fill(ahead, ring + slot * SLOT_BYTES, barriers + slot * 8, lane);
            ahead.next();
        }
        copyCommit();
        if (++slot == SLOTS) { slot = 0; phase ^= 1; }
#pragma unroll
        for (int i = 0; i < CHUNK / 2; i++) {
#pragma unroll
            for (int j = 0; j < TILES; j++) b[i][j] = next[i][j];
        }

        if (chunk + 1 == last || now.inner == 0) {
            const int begin = max(blockFirst, rowBlock * s.perRow), end = min(blockLast, (rowBlock + 1) * s.perRow);
#pragma unroll
            for (int i = 0; i < TILES * 4; i++) { sum[0][i / 4][i % 4] += sum[1][i / 4][i % 4]; sum[1][i / 4][i % 4] = 0; }
            if (first <= begin && last >= end) {
                put(sum[0], rowBlock, end - begin == s.perRow, begin > rowBlock * s.perRow);
            } else {
                float4* to = segments + (warp * 2 + (rowBlock == firstRowBlock ? 0 : 1)) * TILES * 32 + lane;
#pragma unroll
                for (int j = 0; j < TILES; j++) to[j * 32] = make_float4(sum[0][j][0], sum[0][j][1], sum[0][j][2], sum[0][j][3]);
            }
#pragma unroll
            for (int i = 0; i < TILES * 4; i++) sum[0][i / 4][i % 4] = 0;
        }
    }
    __syncthreads();
    // Lane w knows warp w's chunks; row blocks that several warps share are summed by one of them. Short code: it runs once a
    // launch, and is fetched then.
    for (int rowBlock = blockRow + warp; rowBlock * s.perRow < blockLast; rowBlock += WARPS) {
        const int begin = max(blockFirst, rowBlock * s.perRow), end = min(blockLast, (rowBlock + 1) * s.perRow);
        const uint32_t shares = __ballot_sync(~0u, lane < WARPS && laneFirst < laneLast && laneFirst < end && laneLast > begin);
        const uint32_t starts = __ballot_sync(~0u, laneFirst >= rowBlock * s.perRow);
        if (__popc(shares) < 2) continue;
        float4 all[TILES] = {};
#pragma unroll 1
        for (int w = 0; w < WARPS; w += 4) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
#pragma unroll
                for (int j = 0; j < TILES; j++) {
                    if (shares >> (w + i) & 1) add(all[j], segments[(((w + i) * 2 + (~starts >> (w + i) & 1)) * TILES + j) * 32 + lane]);
                }
            }
        }
#pragma unroll
        for (int j = 0; j < TILES; j++) { sum[0][j][0] = all[j].x; sum[0][j][1] = all[j].y; sum[0][j][2] = all[j].z; sum[0][j][3] = all[j].w; }
        put(sum[0], rowBlock, end - begin == s.perRow, begin > rowBlock * s.perRow);
    }
}
}  // namespace linear_small

#define KERNEL(E, TILES, WARPS)                                                                                           \
    extern "C" __global__ void __launch_bounds__(32 * WARPS, 1) linear_small_##E##_##TILES##_##WARPS(                     \
        const E* x, const char* W, float* y, SmallShape s) {                                                              \
        linear_small::run<E, TILES, WARPS>(x, W, y, s);                                                                   \
    }
#define KERNELS(E)                                                                                                        \
    KERNEL(E, 1, 16) KERNEL(E, 2, 16) KERNEL(E, 4, 12) KERNEL(E, 1, 8) KERNEL(E, 2, 8) KERNEL(E, 4, 8)
BOTH(KERNELS)
#undef KERNEL
#undef KERNELS
