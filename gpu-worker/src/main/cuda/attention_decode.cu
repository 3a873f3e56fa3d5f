// Attention of one new row a sequence over its paged cache: out = softmax(q K^T / sqrt(D)) V, bound by reading K and V once.
//
//   q    [T, Hq, D] E          kv  see heads.cu          out  [T, Hq D] E
//
// Work is a list of chunks of sequences' contexts, for each of them all key/value heads, walked by a fixed number of blocks, so
// a captured launch serves any contexts. How a context is cut depends on its length alone. All query heads of a group share
// one pass over the keys: tokens are the M of m16n8k16, heads its N (up to 8; larger groups take several passes). A warp
// takes every fourth page, straight from global memory into fragments: the order of dimensions inside a dot product is
// free, so a lane's 16-byte load of a key serves two k-steps; pairs of value rows are interleaved in registers.
// Chunks of one sequence are merged, in order, by the block that finishes last.
// The list, and all keys and values but the newest token's, are older than this step: the first pages are on their way before
// the kernel waits for the one before it.
//
// Launch: any grid, 128 threads.
#include "common.cuh"

struct Chunk {
    int row;         // of q and out
    int context;     // tokens of the sequence
    int blockStart;  // the sequence's first entry in blockIds
    int begin;       // first token of the chunk
    int end;         // behind its last token
    int chunks;      // of the sequence
    int first;       // its first one in the list
    int sequence;
};

struct DecodeRows {
    const Chunk* chunks;
    const int* count;        // chunks in the list
    const int* blockIds;
    float* partials;         // [chunks][Hq][D + 2]: sums, then their maximum and weight
    int* arrivals;           // [sequences][Hkv * passes], zero before and after
    int queryHeads;
    int kvHeads;
    int layers;
    int layer;
    int window;              // 0: none
    float scale;             // of scores, in base 2
    int fragments;           // see place()
};

namespace attention_decode {
constexpr int WARPS = 4, MOST_CHUNKS = 32;

template <int D> struct PageRows { uint4 k[D / 32][2], v[D / 64][4]; };

template <typename E, int D>
__device__ __forceinline__ void loadPage(PageRows<D>& page, const E* keys, long valueOffset, int lane) {
    const E* key = keys + lane / 4 * D + lane % 4 * 8;
#pragma unroll
    for (int i = 0; i < D / 32; i++) {
        page.k[i][0] = load16(key + i * 32);
        page.k[i][1] = load16(key + 8 * D + i * 32);
    }
    const E* value = keys + valueOffset + lane % 4 * 2 * D + lane / 4 * 8;
#pragma unroll
    for (int h = 0; h < D / 64; h++) {
#pragma unroll
        for (int i = 0; i < 4; i++) page.v[h][i] = load16(value + (i / 2 * 8 + i % 2) * D + h * 64);
    }
}

template <int D> struct State {
    float out[D / 16][4];  // tile 4 h + j: dimensions 64 h + 8 (lane / 4) + 2 j (+ 1 in [2], [3]) of heads 2 (lane % 4) (+ 1)
    float largest[2], weight[2];
};

template <typename E, int D>
__device__ __forceinline__ void attendPage(State<D>& s, const PageRows<D>& page, const uint4 (&q)[D / 32], int token, int first, int last, float scale) {
    float score[4] = {};
#pragma unroll
    for (int i = 0; i < D / 32; i++) {
        mma<E>(score, page.k[i][0].x, page.k[i][1].x, page.k[i][0].y, page.k[i][1].y, q[i].x, q[i].y);
        mma<E>(score, page.k[i][0].z, page.k[i][1].z, page.k[i][0].w, page.k[i][1].w, q[i].z, q[i].w);
    }
    const bool low = token >= first && token < last, high = token + 8 >= first && token + 8 < last;
    float factor[2];
#pragma unroll
    for (int i = 0; i < 2; i++) {
        score[i] = low ? score[i] * scale : -INFINITY;
        score[i + 2] = high ? score[i + 2] * scale : -INFINITY;
        float m = fmaxf(score[i], score[i + 2]);
#pragma unroll
        for (int lanes = 4; lanes < 32; lanes *= 2) m = fmaxf(m, __shfl_xor_sync(~0u, m, lanes));
        m = fmaxf(m, s.largest[i]);
        const float base = m == -INFINITY ? 0.0f : m;
        factor[i] = powerOf2(s.largest[i] - base);
        s.largest[i] = m;
        score[i] = powerOf2(score[i] - base);
        score[i + 2] = powerOf2(score[i + 2] - base);
        s.weight[i] = s.weight[i] * factor[i] + score[i] + score[i + 2];
    }
    const uint32_t p0 = transpose8x8(Element<E>::pack(score[0], score[1]));
    const uint32_t p1 = transpose8x8(Element<E>::pack(score[2], score[3]));
#pragma unroll
    for (int j = 0; j < D / 16; j++) {
        const uint4(&v)[4] = page.v[j / 4];
        const uint32_t w[4] = {(&v[0].x)[j % 4], (&v[1].x)[j % 4], (&v[2].x)[j % 4], (&v[3].x)[j % 4]};
#pragma unroll
        for (int i = 0; i < 4; i++) s.out[j][i] *= factor[i % 2];
        mma<E>(s.out[j], __byte_perm(w[0], w[1], 0x5410), __byte_perm(w[0], w[1], 0x7632), __byte_perm(w[2], w[3], 0x5410),
            __byte_perm(w[2], w[3], 0x7632), p0, p1);
    }
}

// Merges the chunks of one sequence for `heads` heads, in order.
template <typename E, int D>
__device__ void mergeChunks(E* out, const DecodeRows& r, const Chunk& c, int head0, int heads, float (&factors)[8][MOST_CHUNKS]) {
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const long step = (long)r.queryHeads * (D + 2);
    const float* from = r.partials + c.first * step + head0 * (D + 2);
    for (int head = warp; head < heads; head += WARPS) {
        const float* at = from + lane * step + head * (D + 2) + D;
        const float largest = lane < c.chunks ? __ldcg(at) : -INFINITY, weight = lane < c.chunks ? __ldcg(at + 1) : 0.0f;
        const float all = warpMax(largest), factor = powerOf2(largest - (all == -INFINITY ? 0.0f : all)), total = warpSum(factor * weight);
        factors[head][lane] = total > 0 ? factor / total : 0.0f;
    }
    __syncthreads();
    for (int i = threadIdx.x; i < heads * D; i += WARPS * 32) {
        const int head = i / D, d = i % D;
        const float* at = from + head * (D + 2) + d;
        float sum = 0;
#pragma unroll 8
        for (int chunk = 0; chunk < c.chunks; chunk++) sum += factors[head][chunk] * __ldcg(at + chunk * step);
        out[(long)c.row * r.queryHeads * D + place((head0 + head) * D + d, r.fragments)] = Element<E>::of(sum);
    }
}

template <typename E, int D>
__device__ void run(const E* q, const E* kv, E* out, const DecodeRows& r) {
    __shared__ float merge[WARPS][8][D + 2];
    __shared__ float factors[8][MOST_CHUNKS];
    __shared__ int arrived;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const int group = r.queryHeads / r.kvHeads, passes = (group + 7) / 8;
    const long headOffset = PAGE * D, valueOffset = r.kvHeads * headOffset;
    dependLaunch();
    const int items = *r.count * r.kvHeads * passes;
    bool waited = false;
    // Blocks without work make room for the next layer's at once; one must wait, so that this grid ends after the one before.
    if (blockIdx.x >= items && blockIdx.x > 0) return;
    for (int item = blockIdx.x; item < items; item += gridDim.x) {
        const Chunk c = r.chunks[item / (r.kvHeads * passes)];
        const int kvHead = item / passes % r.kvHeads, pass = item % passes;
        const int begin = max(r.window ? c.context - r.window : 0, c.begin);
        const int head0 = kvHead * group + pass * 8, heads = min(8, group - pass * 8);
        const int* blocks = r.blockIds + c.blockStart;
        const E* layerKeys = kv + ((long)r.layer * 2 * r.kvHeads + kvHead) * headOffset;
        const long blockStep = (long)r.layers * 2 * r.kvHeads * headOffset;
        const int lastPage = begin < c.end ? (c.end - 1) / PAGE : -1, newest = (c.context - 1) / PAGE;
        int page = begin / PAGE + warp;
        PageRows<D> one, two;
        const auto load = [&](PageRows<D>& to, int which) { loadPage<E, D>(to, layerKeys + blocks[which] * blockStep, valueOffset, lane); };
        if (page <= lastPage && (waited || page < newest)) load(one, page);
        if (page + WARPS <= lastPage && (waited || page + WARPS < newest)) load(two, page + WARPS);
        if (!waited) {
            dependWait();
            waited = true;
            if (page == newest && page <= lastPage) load(one, page);
            if (page + WARPS == newest && page + WARPS <= lastPage) load(two, page + WARPS);
        }
        uint4 query[D / 32];
#pragma unroll
        for (int i = 0; i < D / 32; i++)
            query[i] = lane / 4 < heads ? load16(q + ((long)c.row * r.queryHeads + head0 + lane / 4) * D + i * 32 + lane % 4 * 8)
                                        : make_uint4(0, 0, 0, 0);
        State<D> state = {};
        state.largest[0] = state.largest[1] = -INFINITY;
        const auto attend = [&](PageRows<D>& rows) {
            attendPage<E, D>(state, rows, query, page * PAGE + lane / 4, begin, c.end, r.scale);
            if (page + 2 * WARPS <= lastPage) load(rows, page + 2 * WARPS);
            page += WARPS;
        };
        while (page <= lastPage) {
            attend(one);
            if (page > lastPage) break;
            attend(two);
        }
#pragma unroll
        for (int i = 0; i < 2; i++) {
#pragma unroll
            for (int lanes = 4; lanes < 32; lanes *= 2) state.weight[i] += __shfl_xor_sync(~0u, state.weight[i], lanes);
            float* to = merge[warp][lane % 4 * 2 + i];
#pragma unroll
            for (int j = 0; j < D / 16; j++) {
                to[j / 4 * 64 + lane / 4 * 8 + j % 4 * 2] = state.out[j][i];
                to[j / 4 * 64 + lane / 4 * 8 + j % 4 * 2 + 1] = state.out[j][i + 2];
            }
            if (lane < 4) { to[D] = state.largest[i]; to[D + 1] = state.weight[i]; }
        }
        __syncthreads();
#pragma unroll 1
        for (int i = threadIdx.x; i < heads * D; i += WARPS * 32) {
            const int head = i / D, d = i % D;
            float largest = -INFINITY, weight = 0, sum = 0;
#pragma unroll
            for (int w = 0; w < WARPS; w++) largest = fmaxf(largest, merge[w][head][D]);
            const float base = largest == -INFINITY ? 0.0f : largest;
#pragma unroll
            for (int w = 0; w < WARPS; w++) {
                const float factor = powerOf2(merge[w][head][D] - base);
                weight += factor * merge[w][head][D + 1];
                sum += factor * merge[w][head][d];
            }
            if (c.chunks == 1) {
                out[(long)c.row * r.queryHeads * D + place((head0 + head) * D + d, r.fragments)] = Element<E>::of(weight > 0 ? sum / weight : 0.0f);
            } else {
                float* to = r.partials + ((long)(item / (r.kvHeads * passes)) * r.queryHeads + head0 + head) * (D + 2);
                to[d] = sum;
                if (d == 0) { to[D] = largest; to[D + 1] = weight; }
            }
        }
        if (c.chunks > 1) {
            int* counter = r.arrivals + (c.sequence * r.kvHeads + kvHead) * passes + pass;
            __threadfence();
            __syncthreads();
            if (threadIdx.x == 0) arrived = atomicAdd(counter, 1);
            __syncthreads();
            if (arrived == c.chunks - 1) {
                __threadfence();
                mergeChunks<E, D>(out, r, c, head0, heads, factors);
                if (threadIdx.x == 0) *counter = 0;
            }
        }
        __syncthreads();
    }
    if (!waited) dependWait();
}
}  // namespace attention_decode

#define KERNEL(E, D)                                                                                                      \
    extern "C" __global__ void __launch_bounds__(128, 2) attention_decode_##E##_##D(const E* q, const E* kv, E* out, DecodeRows r) { \
        attention_decode::run<E, D>(q, kv, out, r);                                                                       \
    }
#define KERNELS(E) KERNEL(E, 64) KERNEL(E, 128)
BOTH(KERNELS)
#undef KERNEL
#undef KERNELS
