// What happens to queries, keys and values between their projection and attention, in one pass: bias, RMSNorm of each query
// and key head (when the model has it), rotary embedding, and the write of keys and values into the paged cache.
//
//   qkv    a row of [queries | keys | values], from the parts of a linear layer or as E [T, (Hq + 2 Hkv) D]
//   q      [T, Hq, D] E
//   kv     [blocks][layers][2][Hkv][PAGE][D] E; slot = block * PAGE + offset, or -1 for rows that only fill up a bucket
//
// A warp a head of a row: lane i holds the pairs (i + 32 j, i + 32 j + D / 2), the halves that turn together.
// Launch: grid (ceil((Hq + 2 Hkv) / 8), T), 256 threads.
#include "common.cuh"

struct HeadRows {
    const int* positions;
    const int* slots;
    const float* bias;         // [(Hq + 2 Hkv) D] or null
    const float* queryNorm;    // [D] or null
    const float* keyNorm;      // [D] or null
    const float* frequencies;  // [D / 2] radians a position
    float epsilon;
    float magnitude;
    int queryHeads;
    int kvHeads;
    int layers;
    int layer;
};

namespace heads {
template <typename E> struct FromRows {
    const E* base;
    __device__ __forceinline__ int count(int n) const { return 1; }
    __device__ __forceinline__ float operator()(int t, int n, int N, int) const {
        return Element<E>::toFloat(const_cast<const volatile E*>(base)[(long)t * N + n]);
    }
};
struct FromParts {
    Parts p;
    __device__ __forceinline__ int count(int n) const { return partsOf(p, n); }
    __device__ __forceinline__ float operator()(int t, int n, int N, int count) const {
        const volatile float* at = p.base + (long)t * N + n;
        float sum = *at;
        for (int i = 1; i < count; i++) sum += at[i * p.stride];
        return sum;
    }
};

template <typename E, int D, typename From>
__device__ void run(const From& from, const HeadRows& r, E* q, E* kv) {
    constexpr int PAIRS = (D / 2 + 31) / 32;
    dependLaunch();
    const int head = blockIdx.x * 8 + threadIdx.x / 32, lane = threadIdx.x % 32, t = blockIdx.y;
    const int all = r.queryHeads + 2 * r.kvHeads, N = all * D;
    if (head >= all) return;
    const int slot = r.slots[t];
    const bool isQuery = head < r.queryHeads, isValue = head >= r.queryHeads + r.kvHeads;
    if (slot < 0 && !isQuery) return;
    float low[PAIRS], high[PAIRS], sine[PAIRS], cosine[PAIRS];
    float scaleLow[PAIRS], scaleHigh[PAIRS];
    int countLow[PAIRS], countHigh[PAIRS];
    const float* scale = isQuery ? r.queryNorm : isValue ? nullptr : r.keyNorm;
    // Positions and slots are older than this step's first kernel: only the sums must be waited for.
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        const int i = lane + 32 * j, n = head * D + i;
        countLow[j] = from.count(n);
        countHigh[j] = from.count(n + D / 2);
        sine[j] = 0; cosine[j] = 1;
        scaleLow[j] = scale && i < D / 2 ? scale[i] : 1.0f;
        scaleHigh[j] = scale && i < D / 2 ? scale[i + D / 2] : 1.0f;
        if (!isValue && i < D / 2) {
            sincosf(__fmul_rn((float)r.positions[t], r.frequencies[i]), &sine[j], &cosine[j]);
            sine[j] *= r.magnitude; cosine[j] *= r.magnitude;
        }
    }
    dependWait();
    float squares = 0;
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        const int i = lane + 32 * j, n = head * D + i;
        const bool valid = i < D / 2;
        low[j] = valid ? from(t, n, N, countLow[j]) + (r.bias ? r.bias[n] : 0.0f) : 0.0f;
        high[j] = valid ? from(t, n + D / 2, N, countHigh[j]) + (r.bias ? r.bias[n + D / 2] : 0.0f) : 0.0f;
        squares += low[j] * low[j] + high[j] * high[j];
    }
    const float factor = scale ? rsqrtf(warpSum(squares) / D + r.epsilon) : 1.0f;
    const long page = ((long)(slot / PAGE) * r.layers + r.layer) * 2 + isValue;
    const int kvHead = head - r.queryHeads - (isValue ? r.kvHeads : 0);
    E* to = isQuery ? q + ((long)t * r.queryHeads + head) * D : kv + ((page * r.kvHeads + kvHead) * PAGE + slot % PAGE) * D;
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        const int i = lane + 32 * j;
        if (i >= D / 2) continue;
        float a = low[j], b = high[j];
        a *= factor * scaleLow[j];
        b *= factor * scaleHigh[j];
        const float turned = a * cosine[j] - b * sine[j];
        b = b * cosine[j] + a * sine[j];
        a = turned;
        if (!isQuery) {
            // Only finite numbers enter the cache: a masked token's value is multiplied by 0, whoever wrote it.
            a = fminf(fmaxf(a, -Element<E>::LARGEST), Element<E>::LARGEST);
            b = fminf(fmaxf(b, -Element<E>::LARGEST), Element<E>::LARGEST);
        }
        to[i] = Element<E>::of(a);
        to[i + D / 2] = Element<E>::of(b);
    }
}
}  // namespace heads

#define KERNEL(E, D)                                                                                                      \
    extern "C" __global__ void __launch_bounds__(256) heads_parts_##E##_##D(Parts p, HeadRows r, E* q, E* kv) {           \
        heads::run<E, D>(heads::FromParts{p}, r, q, kv);                                                                  \
    }                                                                                                                     \
    extern "C" __global__ void __launch_bounds__(256) heads_rows_##E##_##D(const E* qkv, HeadRows r, E* q, E* kv) {       \
        heads::run<E, D>(heads::FromRows<E>{qkv}, r, q, kv);                                                              \
    }
#define KERNELS(E) KERNEL(E, 64) KERNEL(E, 128)
BOTH(KERNELS)
#undef KERNEL
#undef KERNELS
