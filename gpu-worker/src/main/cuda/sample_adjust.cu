// What comes between a row's logits and the draw, in the order and the arithmetic of dev.vidda.worker.sampling.Sampler: bias,
// penalties, the record for log probabilities, impossible tokens and those that a grammar excludes.
//
// Launch: sample_adjust grid rows, 1024 threads. A row without an adjustment costs a load.
#include "common.cuh"

struct AdjustRows {
    const int* count;
    const Adjustment* adjustments;  // [rows]
    const int2* entries;            // token id and bits of the float that is added to its logit
    const int* blockIds;
    const int* history;
    int* counts;                    // [rows][V] zeros before and after
    LogprobRecord* records;         // [rows] out
    const uint32_t* allowed;        // [..][allowedWords] a bit for each token
    int vocabulary, allowedWords;
};

namespace sample {
constexpr int CANDIDATES = 2048;

__device__ __forceinline__ float penalized(float logit, int generated, const Adjustment& a) {
    float value = logit > 0 ? __fdiv_rn(logit, a.repetition) : __fmul_rn(logit, a.repetition);
    value = __fsub_rn(value, __fmul_rn((float)generated, a.frequency));
    return generated > 0 ? __fsub_rn(value, a.presence) : value;
}

// counts[id] = 2 * times generated + 1 for every token that counts, then back to zero as each is applied once.
__device__ void penalize(float* logits, int* counts, const Adjustment& a, const AdjustRows& r) {
    const int from = a.repetition != 1 ? 0 : a.prompt;
    const int* table = r.blockIds + a.blocks;
    for (int i = from + threadIdx.x; i < a.length; i += THREADS) {
        const int id = r.history[table[i / PAGE] * PAGE + i % PAGE];
        if (id >= r.vocabulary) continue;
        atomicOr(&counts[id], 1);
        if (i >= a.prompt) atomicAdd(&counts[id], 2);
    }
    __syncthreads();
    for (int i = from + threadIdx.x; i < a.length; i += THREADS) {
        const int id = r.history[table[i / PAGE] * PAGE + i % PAGE];
        if (id >= r.vocabulary) continue;
        const int count = atomicExch(&counts[id], 0);
        if (count) logits[id] = penalized(logits[id], count / 2, a);
    }
    __syncthreads();
}

// Sorts `keys` ascending; `size` is a power of two.
__device__ void sortKeys(u64* keys, int size) {
    for (int run = 2; run <= size; run *= 2) {
        for (int step = run / 2; step > 0; step /= 2) {
            __syncthreads();
            for (int i = threadIdx.x; i < size; i += THREADS) {
                const int j = i ^ step;
                if (j < i) continue;  // the other one of the pair compares
                const u64 a = keys[i], b = keys[j];
                if ((a > b) == ((i & run) == 0)) { keys[i] = b; keys[j] = a; }
            }
        }
    }
    __syncthreads();
}

// The best `count` keys of the row, in order, into the record. The count-th best of the threads' own best keys bounds them: few
// others get past it, and when too many do, the keys are found one by one.
__device__ void topTokens(const float* logits, int count, LogprobRecord& record, int vocabulary) {
    __shared__ u64 keys[CANDIDATES];
    __shared__ int size;
    __shared__ u64 best;
    u64 own = ~0ull;
    for (int id = threadIdx.x; id < vocabulary; id += THREADS) {
        if (logits[id] > -INFINITY) own = min(own, keyOf(logits[id], id));
    }
    keys[threadIdx.x] = own;
    if (threadIdx.x == 0) size = 0;
    sortKeys(keys, THREADS);
    const u64 bound = keys[count - 1];
    __syncthreads();
    for (int id = threadIdx.x; id < vocabulary; id += THREADS) {
        if (!(logits[id] > -INFINITY)) continue;
        const u64 key = keyOf(logits[id], id);
        if (key > bound) continue;
        const int at = atomicAdd(&size, 1);
        if (at < CANDIDATES) keys[at] = key;
    }
    __syncthreads();
    const int found = size;
    if (found <= CANDIDATES) {
        for (int i = found + threadIdx.x; i < CANDIDATES; i += THREADS) keys[i] = ~0ull;
        sortKeys(keys, CANDIDATES);
    } else {
        u64 after = 0;
        for (int i = 0; i < count; i++) {
            if (threadIdx.x == 0) best = ~0ull;
            __syncthreads();
            u64 next = ~0ull;
            for (int id = threadIdx.x; id < vocabulary; id += THREADS) {
                const u64 key = logits[id] > -INFINITY ? keyOf(logits[id], id) : ~0ull;
                if (key >= after) next = min(next, key);
            }
            next = minAll(next);
            if (threadIdx.x % 32 == 0) atomicMin(&best, next);
            __syncthreads();
            if (threadIdx.x == 0) keys[i] = best;
            after = best + 1;
            __syncthreads();
        }
    }
    for (int i = threadIdx.x; i < count; i += THREADS) {
        if (keys[i] == ~0ull) continue;
        record.top[i].id = (int)(uint32_t)keys[i];
        record.top[i].logit = logitOf(keys[i]);
        if (i == count - 1 || keys[i + 1] == ~0ull) record.size = i + 1;
    }
}

__device__ void record(const float* logits, int topCount, LogprobRecord& record, int vocabulary) {
    __shared__ float maxima[32];
    __shared__ double sums[32];
    float largest = -INFINITY;
    for (int id = threadIdx.x; id < vocabulary; id += THREADS) largest = fmaxf(largest, logits[id]);
#pragma unroll
    for (int i = 16; i > 0; i >>= 1) largest = fmaxf(largest, __shfl_xor_sync(~0u, largest, i));
    if (threadIdx.x % 32 == 0) maxima[threadIdx.x / 32] = largest;
    __syncthreads();
    for (int i = 0; i < 32; i++) largest = fmaxf(largest, maxima[i]);
    if (threadIdx.x == 0) { record.size = 0; record.sum = 0; record.largest = largest; }
    if (!(fabsf(largest) < INFINITY)) return;
    double sum = 0;
    for (int id = threadIdx.x; id < vocabulary; id += THREADS) {
        const float distance = __fsub_rn(largest, logits[id]);
        if (distance < 87) sum += (double)expOfMinus(distance);
    }
#pragma unroll
    for (int i = 16; i > 0; i >>= 1) sum += __shfl_xor_sync(~0u, sum, i);
    if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int i = 1; i < 32; i++) sum += sums[i];
        record.sum = sum;
    }
    const int count = min(topCount, min(vocabulary, MOST_TOP_TOKENS));
    if (count > 0) topTokens(logits, count, record, vocabulary);
    __syncthreads();
}

__device__ void adjust(float* allLogits, const AdjustRows& r) {
    dependLaunch();
    dependWait();
    const int index = blockIdx.x;
    if (index >= *r.count || !r.adjustments[index].active) return;
    const Adjustment a = r.adjustments[index];
    float* logits = allLogits + (long)index * r.vocabulary;
    for (int i = a.biases + threadIdx.x; i < a.masks; i += THREADS) {
        const int2 entry = r.entries[i];
        if (entry.x >= 0 && entry.x < r.vocabulary) logits[entry.x] = __fadd_rn(logits[entry.x], __int_as_float(entry.y));
    }
    __syncthreads();
    if (a.repetition != 1 || a.presence != 0 || a.frequency != 0) penalize(logits, r.counts + (long)index * r.vocabulary, a, r);
    if (a.topTokens >= 0) record(logits, a.topTokens, r.records[index], r.vocabulary);
    for (int i = a.masks + threadIdx.x; i < a.end; i += THREADS) {
        const int id = r.entries[i].x;
        // An infinite logit makes the row unusable, whichever token has it.
        if (id >= 0 && id < r.vocabulary && logits[id] != INFINITY) logits[id] = -INFINITY;
    }
    if (a.allowed < 0) return;
    const uint32_t* bits = r.allowed + (long)a.allowed * r.allowedWords;
    for (int id = threadIdx.x; id < r.vocabulary; id += THREADS) {
        if (!(bits[id / 32] >> id % 32 & 1) && logits[id] != INFINITY) logits[id] = -INFINITY;
    }
}
}  // namespace sample

extern "C" __global__ void __launch_bounds__(1024, 1) sample_adjust(float* logits, AdjustRows r) { sample::adjust(logits, r); }
