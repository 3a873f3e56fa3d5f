// From logits to a token, bit by bit as dev.vidda.worker.sampling.Sampler defines it: bias and penalties, log probabilities, the
// largest logit, or a draw by integer weights after top-k, top-p and min-p. Sums of integers do not depend on their order, so
// any arrangement of threads finds the same token. And the way back: tokens that one step drew become the next one's inputs.
//
//   logits [rows, V] float; a token's key orders by descending logit, then ascending id, as an unsigned number
//   history [blocks * PAGE] int: the token ids of a sequence in the blocks of its table, as its keys and values are
//
// Launch: sample_hand_over 256 threads for 256 rows; sample_adjust (see sample_adjust.cu) grid rows, 1024 threads; sample_largest grid
// (PARTS, rows), 256 threads; sample_draw grid rows, 1024 threads. Scratch is all zeros between kernels.

#include "common.cuh"

using u64 = unsigned long long;

constexpr int MOST_TOP_TOKENS = 128;

// What log probabilities are made of.
struct LogprobRecord {
    double sum;    // of e^(logit - largest)
    float largest, drawn;
    int size;      // of `top`, most likely first
    struct { int id; float logit; } top[MOST_TOP_TOKENS];
};

// What changes a row's logits before the draw; entries are those of `AdjustRows::entries`.
struct Adjustment {
    int active;        // 0 for none of it
    int blocks;        // first entry of the sequence's block table
    int length, prompt;  // tokens of the sequence, and those of its prompt
    float repetition, presence, frequency;
    int biases, masks, end;  // first biased token, first impossible token, the end of these
    int topTokens;     // of the record, -1 for no record
    int allowed;       // row of `AdjustRows::allowed`, -1 when all tokens are
};

struct SampleRows {
    const int* count;          // rows in use
    const float* temperature;  // [rows] 0 for the largest logit
    const float* topP;
    const float* limit;        // [rows] -ln(minP), infinite for none
    const int* topK;           // [rows] 0 for all
    const u64* seeds;
    const int* indices;        // [rows] index of the token among the generated ones
    u64* largest;              // [rows][PARTS] smallest keys
    int* scratch;              // [rows][V] ids of one bucket's tokens; zeros before and after
    int* tokens;               // [rows] out: the token, or -1 when no logit is finite or one is infinite
    LogprobRecord* records;    // [rows] out: the drawn token's logit, where log probabilities are wanted
    const Adjustment* adjustments;  // [rows]
    int vocabulary;
};

namespace sample {
constexpr int PARTS = 16, BUCKETS_PER_NAT = 16, BUCKETS = 444, THREADS = 1024;
constexpr float NOTHING_FROM = 27.725f;

__device__ __forceinline__ u64 keyOf(float logit, int id) {
    const int bits = __float_as_int(logit + 0.0f), ascending = bits ^ ((bits >> 31) & 0x7fffffff);
    return (u64)((uint32_t)~ascending ^ 0x80000000u) << 32 | (uint32_t)id;
}
__device__ __forceinline__ float logitOf(u64 key) {
    const int ascending = (int)~((uint32_t)(key >> 32) ^ 0x80000000u);
    return __int_as_float(ascending ^ ((ascending >> 31) & 0x7fffffff));
}
__device__ __forceinline__ u64 minAll(u64 v) {
#pragma unroll
    for (int i = 16; i > 0; i >>= 1) v = min(v, __shfl_xor_sync(~0u, v, i));
    return v;
}

__device__ void largest(const float* logits, const SampleRows& r) {
    __shared__ u64 best[8];
    dependLaunch();
    dependWait();
    const int row = blockIdx.y;
    if (row >= *r.count) return;
    const float* from = logits + (long)row * r.vocabulary;
    u64 key = ~0ull;
    for (int id = blockIdx.x * 256 + threadIdx.x; id < r.vocabulary; id += PARTS * 256) {
        const float v = from[id];
        if (v > -INFINITY) key = min(key, keyOf(v, id));
    }
    key = minAll(key);
    if (threadIdx.x % 32 == 0) best[threadIdx.x / 32] = key;
    __syncthreads();
    if (threadIdx.x < 32) {
        key = minAll(best[threadIdx.x % 8]);
        if (threadIdx.x == 0) r.largest[row * PARTS + blockIdx.x] = key;
    }
}

// e^-distance: the arithmetic of dev.vidda.worker.sampling.Weight, operation by operation.
__device__ __forceinline__ float expOfMinus(float distance) {
    const float shifted = __fadd_rn(__fmul_rn(-distance, 1.44269504f), 0x1.8p23f), exponent = __fsub_rn(shifted, 0x1.8p23f);
    const float rest = __fmaf_rn(exponent, 2.12194440e-4f, __fmaf_rn(exponent, -0.693359375f, -distance));
    float sum = __fdiv_rn(1.0f, 5040.0f);
    sum = __fmaf_rn(sum, rest, __fdiv_rn(1.0f, 720.0f));
    sum = __fmaf_rn(sum, rest, __fdiv_rn(1.0f, 120.0f));
    sum = __fmaf_rn(sum, rest, __fdiv_rn(1.0f, 24.0f));
    sum = __fmaf_rn(sum, rest, __fdiv_rn(1.0f, 6.0f));
    sum = __fmaf_rn(sum, rest, 0.5f);
    sum = __fmaf_rn(sum, rest, 1.0f);
    sum = __fmaf_rn(sum, rest, 1.0f);
    return __fmul_rn(sum, __int_as_float((127 + (int)exponent) << 23));
}
__device__ __forceinline__ u64 weightOf(float distance) { return (u64)__fmul_rn(expOfMinus(distance), 0x1p40f); }
__device__ __forceinline__ float distanceOf(float largest, float logit, float temperature) {
    return __fdiv_rn(__fsub_rn(largest, logit), temperature);
}
__device__ __forceinline__ int bucketOf(float distance) { return (int)__fmul_rn(distance, (float)BUCKETS_PER_NAT); }

__device__ u64 randomBits(u64 seed, uint32_t index) {
    uint32_t c0 = index, c1 = 0, c2 = 0, c3 = 0, k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
#pragma unroll 1
    for (int i = 0; i < 10; i++) {
        const uint32_t h0 = __umulhi(0xD2511F53u, c0), l0 = 0xD2511F53u * c0, h1 = __umulhi(0xCD9E8D57u, c2), l1 = 0xCD9E8D57u * c2;
        c0 = h1 ^ c1 ^ k0; c1 = l1; c2 = h0 ^ c3 ^ k1; c3 = l0;
        k0 += 0x9E3779B9u; k1 += 0xBB67AE85u;
    }
    return (u64)c1 << 32 | c0;
}

struct Row {
    const float* logits;
    int* scratch;
    float largest, temperature;
    int vocabulary;
};
struct Shared {
    int counts[BUCKETS];
    u64 weights[BUCKETS];
    int digitCounts[256];
    u64 digitWeights[256];
    u64 prefix, measure, weight, within;
    int size;
};
struct Place { int id; u64 upTo; };  // a token, and the weight of all tokens up to and with it

// The first token whose cumulative measure (number of tokens, or weight) exceeds `point`.
__device__ Place locate(const Row& row, Shared& s, u64 point, bool byCount) {
    __syncthreads();
    if (threadIdx.x == 0) {
        u64 before = 0, weight = 0;
        int bucket = 0;
        for (; bucket < BUCKETS - 1; bucket++) {
            const u64 next = before + (byCount ? (u64)s.counts[bucket] : s.weights[bucket]);
            if (next > point) break;
            before = next;
            weight += s.weights[bucket];
        }
        s.prefix = bucket; s.measure = before; s.weight = weight; s.size = 0;
    }
    __syncthreads();
    const int bucket = (int)s.prefix;
    for (int id = threadIdx.x; id < row.vocabulary; id += THREADS) {
        const float v = row.logits[id], distance = distanceOf(row.largest, v, row.temperature);
        if (distance < NOTHING_FROM && bucketOf(distance) == bucket) row.scratch[atomicAdd(&s.size, 1)] = id;
    }
    __syncthreads();
    if (threadIdx.x == 0) s.prefix = 0;
    const int size = s.size;
    for (int shift = 56; shift >= 0; shift -= 8) {
        for (int i = threadIdx.x; i < 256; i += THREADS) { s.digitCounts[i] = 0; s.digitWeights[i] = 0; }
        __syncthreads();
        const u64 prefix = s.prefix;
        for (int i = threadIdx.x; i < size; i += THREADS) {
            const u64 key = keyOf(row.logits[row.scratch[i]], row.scratch[i]);
            if (shift < 56 && key >> (shift + 8) != prefix) continue;
            const int digit = (int)(key >> shift) & 255;
            atomicAdd(&s.digitCounts[digit], 1);
            atomicAdd(&s.digitWeights[digit], weightOf(distanceOf(row.largest, logitOf(key), row.temperature)));
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            int digit = 0;
            for (; digit < 255; digit++) {
                const u64 next = s.measure + (byCount ? (u64)s.digitCounts[digit] : s.digitWeights[digit]);
                if (next > point) break;
                s.measure = next;
                s.weight += s.digitWeights[digit];
            }
            s.prefix = s.prefix << 8 | digit;
        }
        __syncthreads();
    }
    for (int i = threadIdx.x; i < size; i += THREADS) row.scratch[i] = 0;
    const u64 key = s.prefix;
    const Place place = {(int)(uint32_t)key, s.weight + weightOf(distanceOf(row.largest, logitOf(key), row.temperature))};
    __syncthreads();
    return place;
}

__device__ u64 blockAdd(u64 v, u64* total) {
#pragma unroll
    for (int i = 16; i > 0; i >>= 1) v += __shfl_xor_sync(~0u, v, i);
    if (threadIdx.x % 32 == 0) atomicAdd(total, v);
    __syncthreads();
    return *total;
}

__device__ void drawn(const float* logits, const SampleRows& r, int index, int token) {
    r.tokens[index] = token;
    if (token >= 0 && r.adjustments[index].active && r.adjustments[index].topTokens >= 0)
        r.records[index].drawn = logits[(long)index * r.vocabulary + token];
}

__device__ void draw(const float* logits, const SampleRows& r) {
    __shared__ Shared s;
    dependLaunch();
    dependWait();
    const int index = blockIdx.x;
    if (index >= *r.count) return;
    u64 best = threadIdx.x % 32 < PARTS ? r.largest[index * PARTS + threadIdx.x % 32] : ~0ull;
    best = minAll(best);
    const float temperature = r.temperature[index], largest = logitOf(best);
    const bool usable = best != ~0ull && largest != INFINITY;
    if (!usable || temperature == 0) {
        if (threadIdx.x == 0) drawn(logits, r, index, usable ? (int)(uint32_t)best : -1);
        return;
    }
    const Row row = {logits + (long)index * r.vocabulary, r.scratch + (long)index * r.vocabulary, largest, temperature, r.vocabulary};
    for (int i = threadIdx.x; i < BUCKETS; i += THREADS) { s.counts[i] = 0; s.weights[i] = 0; }
    if (threadIdx.x == 0) { s.within = 0; s.measure = 0; }
    __syncthreads();
    u64 all = 0, within = 0;
    const float limit = r.limit[index];
    for (int id = threadIdx.x; id < r.vocabulary; id += THREADS) {
        const float distance = distanceOf(largest, row.logits[id], temperature);
        if (!(distance < NOTHING_FROM)) continue;
        const u64 weight = weightOf(distance);
        const int bucket = bucketOf(distance);
        atomicAdd(&s.counts[bucket], 1);
        atomicAdd(&s.weights[bucket], weight);
        all += weight;
        within += distance <= limit ? weight : 0;
    }
    u64 kept = blockAdd(all, &s.measure);
    within = blockAdd(within, &s.within);
    const int topK = r.topK[index];
    // Fewer tokens may have a weight than top-k asks for: then all are kept.
    u64 tokens = 0;
    for (int i = 0; i < BUCKETS; i++) tokens += s.counts[i];
    if (topK > 0 && topK < r.vocabulary && (u64)topK <= tokens) kept = locate(row, s, topK - 1, true).upTo;
    const float topP = r.topP[index];
    if (topP < 1) {
        const u64 reach = (u64)ceil(__dmul_rn((double)topP, (double)kept));
        kept = locate(row, s, min(max(reach, 1ull), kept) - 1, false).upTo;
    }
    kept = min(kept, within);
    const u64 point = __umul64hi(randomBits(r.seeds[index], r.indices[index]), kept);
    const int token = locate(row, s, point, false).id;
    if (threadIdx.x == 0) drawn(logits, r, index, token);
}

// ids[row] < 0 stands for the ~ids[row]-th token of the step before; all tokens of the step go to their places in `history`.
__device__ void handOver(int* ids, const int* slots, const int* before, int* history, int rows) {
    dependLaunch();
    dependWait();
    const int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= rows) return;
    int id = ids[row];
    // A sequence without a token has failed: what is computed of it is dropped.
    if (id < 0) ids[row] = id = max(before[~id], 0);
    if (slots[row] >= 0) history[slots[row]] = id;
}
}  // namespace sample

extern "C" __global__ void __launch_bounds__(256) sample_hand_over(int* ids, const int* slots, const int* before, int* history, int rows) {
    sample::handOver(ids, slots, before, history, rows);
}
extern "C" __global__ void __launch_bounds__(256) sample_largest(const float* logits, SampleRows r) { sample::largest(logits, r); }
extern "C" __global__ void __launch_bounds__(1024, 1) sample_draw(const float* logits, SampleRows r) { sample::draw(logits, r); }
