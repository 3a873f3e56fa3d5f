// Causal attention of many rows a sequence over its paged cache, on Hopper (FlashAttention-3, arXiv 2407.08608):
// while the softmax of one tile is computed, P V of the tile before is multiplied. Tiles, masks and layouts are those of attention_prefill.cu.
//
// One warp brings keys and values in tiles of 128 tokens, a page by each of eight lanes, through a tensor map of the cache as
// [groups of 8 rows][2 halves of a row][8 rows][64 elements]: a box is a whole page, swizzled by 128 bytes, and pages lie one
// behind the other. Two warpgroups take 64 of the 128 rows each: S = Q K^T with both operands in shared memory, O += P V with P
// from registers and V as it lies. They take turns in giving work to the tensor cores, so that one's softmax runs
// while the other's products do.
//
// Launch: grid (tiles, Hkv), 384 threads, shared bytes SHARED. D must be 128.
#include "prefill.cuh"
#include "wgmma.cuh"

struct alignas(64) CacheMap { char opaque[128]; };

namespace attention_hopper {
constexpr int D = 128, ROWS = 128, TOKENS = 128, STAGES = 3, TILE_BYTES = TOKENS * D * 2, PAGE_BYTES = PAGE * D * 2;
constexpr int HALF = 1024, GROUP = 2048;  // bytes from one half of 8 rows to the other, and from 8 rows to the next 8
constexpr int SHARED = ROWS * D * 2 + 2 * STAGES * TILE_BYTES + 1024 + 256;

#ifdef __CUDA_ARCH_FEAT_SM90_ALL
__device__ __forceinline__ void groupBarrier(int group) { asm volatile("bar.sync %0, 128;" ::"r"(group) : "memory"); }
// Whose turn it is: barriers 3 and 4.
__device__ __forceinline__ void awaitTurn(int consumer) { asm volatile("bar.sync %0, 256;" ::"r"(3 + consumer) : "memory"); }
__device__ __forceinline__ void giveTurn(int consumer) { asm volatile("bar.arrive %0, 256;" ::"r"(3 + consumer) : "memory"); }

template <typename E>
__device__ void run(const CacheMap& map, const E* q, E* out, const PrefillRows& r) {
    extern __shared__ char unaligned[];
    const uint32_t base = (sharedAddress(unaligned) + 1023) & ~1023u, keys0 = base + ROWS * D * 2, values0 = keys0 + STAGES * TILE_BYTES;
    const uint32_t barriers = values0 + STAGES * TILE_BYTES;
    const auto full = [&](int value, int stage) { return barriers + (value * STAGES + stage) * 8; };
    const auto empty = [&](int value, int stage) { return barriers + ((2 + value) * STAGES + stage) * 8; };
    const int warpgroup = threadIdx.x / 128, warp = threadIdx.x / 32 % 4, lane = threadIdx.x % 32, kvHead = blockIdx.y;
    if (threadIdx.x == 0) {
        for (int i = 0; i < 2 * STAGES; i++) { barrierInit(full(0, i), 1); barrierInit(empty(0, i), 256); }
        barrierInitFence();
    }
    __syncthreads();
    dependLaunch();
    dependWait();
    const int group = r.queryHeads / r.kvHeads, sequence = r.tileSequences[blockIdx.x], row0 = r.tileRows[blockIdx.x];
    const int rows = min(ROWS / group, r.queryStarts[sequence + 1] - row0);
    const int position0 = r.contexts[sequence] - (r.queryStarts[sequence + 1] - row0), end = position0 + rows;
    const int first = (r.window ? max(0, position0 + 1 - r.window) : 0) / TOKENS * TOKENS;

    if (warpgroup == 0) {
        registersLess<40>();
        if (threadIdx.x >= 32) return;
        const int* blocks = r.blockIds + r.blockStarts[sequence];
        const int lastPage = (end - 1) / PAGE;
        // Past the end the last page serves once more: masked, and finite.
        const auto blockOf = [&](int token0) { return blocks[min(token0 / PAGE + lane % 8, lastPage)]; };
        long block = blockOf(first);
        for (int token0 = first, stage = 0, phase = 1; token0 < end; token0 += TOKENS) {
            const long next = token0 + TOKENS < end ? blockOf(token0 + TOKENS) : 0;
#pragma unroll
            for (int value = 0; value < 2; value++) {
                if (token0 >= first + STAGES * TOKENS) barrierWait(empty(value, stage), phase);
                if (lane == 0) barrierExpect(full(value, stage), TILE_BYTES);
                __syncwarp();
                const int group8 = (int)((((block * r.layers + r.layer) * 2 + value) * r.kvHeads + kvHead) * (PAGE / 8));
                if (lane < 8) copyBox4((value ? values0 : keys0) + stage * TILE_BYTES + lane * PAGE_BYTES, &map, group8, full(value, stage));
            }
            block = next;
            if (++stage == STAGES) { stage = 0; phase ^= 1; }
        }
        return;
    }
    registersMore<232>();
    const int consumer = warpgroup - 1;
    const uint32_t query = base + consumer * 64 * D * 2;
    for (int i = threadIdx.x % 128; i < 64 * (D / 8); i += 128) {
        const int line = i / (D / 8), piece = i % (D / 8), row = (consumer * 64 + line) / group, head = (consumer * 64 + line) % group;
        const uint4 v = row < rows ? load16(q + ((long)(row0 + row) * r.queryHeads + kvHead * group + head) * D + piece * 8) : make_uint4(0, 0, 0, 0);
        asm volatile("st.shared.v4.u32 [%0], {%1,%2,%3,%4};" ::"r"(query + piece / 8 * 8192 + line * 128 + ((piece ^ line) & 7) * 16),
            "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w) : "memory");
    }
    proxyFence();
    groupBarrier(warpgroup);

    const int line = consumer * 64 + warp * 16 + lane / 4;
    const int position[2] = {position0 + line / group, position0 + (line + 8) / group};
    float sum[D / 8][4] = {}, largest[2] = {-INFINITY, -INFINITY}, weight[2] = {}, score[TOKENS / 8][4];
    uint32_t p[TOKENS / 16][4];
    const auto scores = [&](int stage) {
#pragma unroll
        for (int k = 0; k < D / 16; k++)
            Wgmma<E, TOKENS, 0>::fromShared(score, operandIn(query + k / 4 * 8192 + k % 4 * 32, 16, 1024),
                operandIn(keys0 + stage * TILE_BYTES + k / 4 * HALF + k % 4 * 32, 16, GROUP), k > 0);
        wgmmaCommit();
    };
    const auto values = [&](int stage) {
#pragma unroll
        for (int k = 0; k < TOKENS / 16; k++)
            Wgmma<E, D, 1>::fromRegisters(sum, p[k], operandIn(values0 + stage * TILE_BYTES + k * PAGE_BYTES, HALF, GROUP), 1);
        wgmmaCommit();
    };
    float factor[2];
    // Scores become weights; what was summed before must be multiplied by `factor`.
    const auto softmax = [&](int token0) {
        const bool whole = token0 + TOKENS - 1 <= position0 && (!r.window || token0 > end - 1 - r.window);
#pragma unroll
        for (int i = 0; i < 2; i++) {
            float m = largest[i];
            if (!whole) {
#pragma unroll
                for (int j = 0; j < TOKENS / 8; j++) {
#pragma unroll
                    for (int e = 0; e < 2; e++) {
                        const int token = token0 + j * 8 + lane % 4 * 2 + e;
                        if (token > position[i] || (r.window && token <= position[i] - r.window)) score[j][2 * i + e] = -INFINITY;
                    }
                }
            }
#pragma unroll
            for (int j = 0; j < TOKENS / 8; j++) m = fmaxf(m, fmaxf(score[j][2 * i], score[j][2 * i + 1]));
            m = fmaxf(m, __shfl_xor_sync(~0u, m, 1));
            m = fmaxf(m, __shfl_xor_sync(~0u, m, 2));
            const float from = m == -INFINITY ? 0.0f : m * r.scale;
            factor[i] = powerOf2(largest[i] * r.scale - from);
            largest[i] = m;
            weight[i] *= factor[i];
#pragma unroll
            for (int j = 0; j < TOKENS / 8; j++) {
#pragma unroll
                for (int e = 0; e < 2; e++) {
                    const float v = powerOf2(fmaf(score[j][2 * i + e], r.scale, -from));
                    weight[i] += v;
                    score[j][2 * i + e] = v;
                }
            }
        }
    };
    const auto packWeights = [&]() {
#pragma unroll
        for (int j = 0; j < TOKENS / 8; j++) {
#pragma unroll
            for (int i = 0; i < 2; i++) p[j / 2][j % 2 * 2 + i] = Element<E>::pack(score[j][2 * i], score[j][2 * i + 1]);
        }
    };

    if (consumer == 1) giveTurn(0);
    barrierWait(full(0, 0), 0);
    awaitTurn(consumer);
    wgmmaFence();
    scores(0);
    if (consumer == 0 || first + TOKENS < end) giveTurn(1 - consumer);
    wgmmaWait<0>();
    barrierArrive(empty(0, 0));
    softmax(first);
    packWeights();
    int stage = 0, phase = 0;
    for (int token0 = first + TOKENS; token0 < end; token0 += TOKENS) {
        const int last = stage, lastPhase = phase;
        if (++stage == STAGES) { stage = 0; phase ^= 1; }
        barrierWait(full(0, stage), phase);
        barrierWait(full(1, last), lastPhase);
        awaitTurn(consumer);
        wgmmaFence();
        scores(stage);
        wgmmaFence();
        values(last);
        if (consumer == 0 || token0 + TOKENS < end) giveTurn(1 - consumer);
        wgmmaWait<1>();
        barrierArrive(empty(0, stage));
        softmax(token0);
        wgmmaWait<0>();
        barrierArrive(empty(1, last));
#pragma unroll
        for (int j = 0; j < D / 8; j++) {
#pragma unroll
            for (int i = 0; i < 4; i++) sum[j][i] *= factor[i / 2];
        }
        packWeights();
    }
    barrierWait(full(1, stage), phase);
    wgmmaFence();
    values(stage);
    wgmmaWait<0>();
#pragma unroll
    for (int i = 0; i < 2; i++) {
        weight[i] += __shfl_xor_sync(~0u, weight[i], 1);
        weight[i] += __shfl_xor_sync(~0u, weight[i], 2);
        const int row = (line + 8 * i) / group;
        if (row >= rows) continue;
        const int column = (kvHead * group + (line + 8 * i) % group) * D + lane % 4 * 2;
        const float inverse = 1.0f / weight[i];
        E* to = out + (long)(row0 + row) * r.queryHeads * D;
#pragma unroll
        for (int j = 0; j < D / 8; j++)
            *reinterpret_cast<uint32_t*>(to + place(column + j * 8, r.fragments)) = Element<E>::pack(sum[j][2 * i] * inverse, sum[j][2 * i + 1] * inverse);
    }
}
#endif
}  // namespace attention_hopper

#ifdef __CUDA_ARCH_FEAT_SM90_ALL
#define BODY(E) attention_hopper::run<E>(map, q, out, r);
#else
#define BODY(E)
#endif
#define KERNELS(E)                                                                                                        \
    extern "C" __global__ void __launch_bounds__(384, 1) attention_hopper_##E##_128(                                      \
        const __grid_constant__ CacheMap map, const E* q, E* out, PrefillRows r) {                                        \
        BODY(E)                                                                                                           \
    }
BOTH(KERNELS)
#undef BODY
#undef KERNELS
