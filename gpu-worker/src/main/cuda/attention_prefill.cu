// Causal attention of many rows a sequence over its paged cache (FlashAttention-2, arXiv 2307.08691), for chunks of prompts of
// any number of sequences in one launch.
//
//   q    [T, Hq, D] E          kv  see heads.cu          out  [T, Hq D] E
//
// A block takes a tile of a sequence's rows for one key/value head: its 128 tensor-core rows are the tile's rows times the
// group's query heads, so that keys and values are loaded once for all of them. 8 warps of 16 rows; keys and
// values arrive by cp.async in tiles of 64 tokens, one ahead. Shared rows are D elements with their 16-byte pieces swapped by
// row, so that ldmatrix is free of bank conflicts.
//
// Launch: grid (tiles, Hkv), 256 threads, shared bytes 4 * 64 * D * 2.
#include "prefill.cuh"

namespace attention_prefill {
constexpr int ROWS = 128, TOKENS = 64, THREADS = 256;

template <int D> __device__ __forceinline__ uint32_t at(int row, int piece) { return row * D * 2 + ((piece ^ (row & 7)) * 16); }

template <typename E, int D>
__device__ __forceinline__ void fetch(const E* kv, const PrefillRows& r, const int* blocks, int kvHead, int token0, int end, uint32_t shared) {
    constexpr int PIECES = D / 8;
    for (int i = threadIdx.x; i < TOKENS * PIECES; i += THREADS) {
        const int row = i / PIECES, piece = i % PIECES, token = token0 + row;
        const bool valid = token < end;
        const long block = valid ? blocks[token / PAGE] : 0;
        const E* key = kv + (((block * r.layers + r.layer) * 2 * r.kvHeads + kvHead) * PAGE + token % PAGE) * D + piece * 8;
        copy16Or0(shared + at<D>(row, piece), key, valid);
        copy16Or0(shared + TOKENS * D * 2 + at<D>(row, piece), key + (long)r.kvHeads * PAGE * D, valid);
    }
}

template <typename E, int D>
__device__ void run(const E* q, const E* kv, E* out, const PrefillRows& r) {
    extern __shared__ __align__(128) char shared[];
    constexpr int STAGE = 2 * TOKENS * D * 2;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, kvHead = blockIdx.y;
    const int group = r.queryHeads / r.kvHeads;
    dependLaunch();
    dependWait();
    const int sequence = r.tileSequences[blockIdx.x], row0 = r.tileRows[blockIdx.x];
    const int rows = min(ROWS / group, r.queryStarts[sequence + 1] - row0);
    const int position0 = r.contexts[sequence] - (r.queryStarts[sequence + 1] - row0), end = position0 + rows;
    const int first = r.window ? max(0, position0 + 1 - r.window) : 0;
    const int* blocks = r.blockIds + r.blockStarts[sequence];
    const uint32_t base = sharedAddress(shared);

    // This lane's rows are `line` and `line + 8`.
    const int line = warp * 16 + lane / 4;
    const E* query[2];
    bool valid[2];
    int position[2];
#pragma unroll
    for (int i = 0; i < 2; i++) {
        const int row = (line + 8 * i) / group, head = (line + 8 * i) % group;
        valid[i] = row < rows;
        position[i] = position0 + row;
        query[i] = q + ((long)(row0 + (valid[i] ? row : 0)) * r.queryHeads + kvHead * group + head) * D + lane % 4 * 2;
    }
    uint32_t a[D / 16][4];
#pragma unroll
    for (int k = 0; k < D / 16; k++) {
#pragma unroll
        for (int i = 0; i < 4; i++) a[k][i] = *reinterpret_cast<const volatile uint32_t*>(query[i % 2] + k * 16 + i / 2 * 8);
    }
    float sum[D / 8][4] = {}, largest[2] = {-INFINITY, -INFINITY}, weight[2] = {};

    int token0 = first / TOKENS * TOKENS, stage = 0;
    fetch<E, D>(kv, r, blocks, kvHead, token0, end, base);
    copyCommit();
    for (; token0 < end; token0 += TOKENS, stage ^= 1) {
        if (token0 + TOKENS < end) fetch<E, D>(kv, r, blocks, kvHead, token0 + TOKENS, end, base + (stage ^ 1) * STAGE);
        copyCommit();
        copyWait<1>();
        __syncthreads();
        const uint32_t keys = base + stage * STAGE, values = keys + TOKENS * D * 2;
        float score[TOKENS / 8][4] = {};
#pragma unroll
        for (int k = 0; k < D / 16; k++) {
#pragma unroll
            for (int j = 0; j < TOKENS / 16; j++) {
                uint32_t b[4];
                loadMatrix4(b, keys + at<D>(j * 16 + lane / 16 * 8 + lane % 8, k * 2 + lane / 8 % 2));
                mma<E>(score[2 * j], a[k][0], a[k][1], a[k][2], a[k][3], b[0], b[1]);
                mma<E>(score[2 * j + 1], a[k][0], a[k][1], a[k][2], a[k][3], b[2], b[3]);
            }
        }
        const bool whole = token0 + TOKENS - 1 <= position0 && (!r.window || token0 > end - 1 - r.window);
#pragma unroll
        for (int i = 0; i < 2; i++) {
            float m = -INFINITY;
#pragma unroll
            for (int j = 0; j < TOKENS / 8; j++) {
#pragma unroll
                for (int e = 0; e < 2; e++) {
                    float& s = score[j][2 * i + e];
                    const int token = token0 + j * 8 + lane % 4 * 2 + e;
                    s *= r.scale;
                    if (!whole && (token > position[i] || (r.window && token <= position[i] - r.window))) s = -INFINITY;
                    m = fmaxf(m, s);
                }
            }
            m = fmaxf(m, __shfl_xor_sync(~0u, m, 1));
            m = fmaxf(m, __shfl_xor_sync(~0u, m, 2));
            m = fmaxf(m, largest[i]);
            const float from = m == -INFINITY ? 0.0f : m, factor = powerOf2(largest[i] - from);
            largest[i] = m;
            weight[i] *= factor;
#pragma unroll
            for (int j = 0; j < TOKENS / 8; j++) {
#pragma unroll
                for (int e = 0; e < 2; e++) {
                    float& s = score[j][2 * i + e];
                    s = powerOf2(s - from);
                    weight[i] += s;
                }
            }
#pragma unroll
            for (int j = 0; j < D / 8; j++) { sum[j][2 * i] *= factor; sum[j][2 * i + 1] *= factor; }
        }
#pragma unroll
        for (int k = 0; k < TOKENS / 16; k++) {
            const float(&lo)[4] = score[2 * k], (&hi)[4] = score[2 * k + 1];
            const uint32_t p0 = Element<E>::pack(lo[0], lo[1]), p1 = Element<E>::pack(lo[2], lo[3]);
            const uint32_t p2 = Element<E>::pack(hi[0], hi[1]), p3 = Element<E>::pack(hi[2], hi[3]);
#pragma unroll
            for (int j = 0; j < D / 16; j++) {
                uint32_t b[4];
                loadMatrix4Transposed(b, values + at<D>(k * 16 + lane % 16, j * 2 + lane / 16));
                mma<E>(sum[2 * j], p0, p1, p2, p3, b[0], b[1]);
                mma<E>(sum[2 * j + 1], p0, p1, p2, p3, b[2], b[3]);
            }
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < 2; i++) {
        weight[i] += __shfl_xor_sync(~0u, weight[i], 1);
        weight[i] += __shfl_xor_sync(~0u, weight[i], 2);
        if (!valid[i]) continue;
        const int row = (line + 8 * i) / group, column = (kvHead * group + (line + 8 * i) % group) * D + lane % 4 * 2;
        const float inverse = 1.0f / weight[i];
        E* to = out + (long)(row0 + row) * r.queryHeads * D;
#pragma unroll
        for (int j = 0; j < D / 8; j++)
            *reinterpret_cast<uint32_t*>(to + place(column + j * 8, r.fragments)) = Element<E>::pack(sum[j][2 * i] * inverse, sum[j][2 * i + 1] * inverse);
    }
}
}  // namespace attention_prefill

#define KERNEL(E, D)                                                                                                      \
    extern "C" __global__ void __launch_bounds__(256, 1) attention_prefill_##E##_##D(const E* q, const E* kv, E* out, PrefillRows r) { \
        attention_prefill::run<E, D>(q, kv, out, r);                                                                      \
    }
#define KERNELS(E) KERNEL(E, 64) KERNEL(E, 128)
BOTH(KERNELS)
#undef KERNEL
#undef KERNELS
