// What happens to queries, keys and values between their projection and attention, in one pass: bias, RMSNorm of each query
// and key head (when the model has it), rotary embedding, and the write of keys and values into the paged cache.
//
//   qkv    a row of [queries | keys | values], from the parts of a linear layer or as E [T, (Hq + 2 Hkv) D]
//   q      [T, Hq, D] E
//   kv     [blocks][layers][2][Hkv][PAGE][D] E; slot = block * PAGE + offset, or -1 for rows that only fill up a bucket
//
// A warp takes heads of one row: lane i holds the PAIRS pairs (k, k + D / 2) from k = PAIRS i, the halves that turn together.
// Launch: grid (blocks that share a row's heads, T), 256 threads.
#include "parts.cuh"

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
template <int D> struct Pairs {
    static constexpr int COUNT = D / 64;
    float low[COUNT], high[COUNT];
};

template <int COUNT> __device__ __forceinline__ void loadFloats(float (&v)[COUNT], const float* p) {
    if (COUNT == 2) asm volatile("ld.global.v2.f32 {%0,%1}, [%2];" : "=f"(v[0]), "=f"(v[COUNT - 1]) : "l"(p) : "memory");
    else asm volatile("ld.global.f32 %0, [%1];" : "=f"(v[0]) : "l"(p) : "memory");
}
template <typename E, int COUNT> __device__ __forceinline__ void store(E* to, const float (&v)[COUNT]) {
    if (COUNT == 2) *reinterpret_cast<uint32_t*>(to) = Element<E>::pack(v[0], v[COUNT - 1]);
    else *to = Element<E>::of(v[0]);
}

template <typename E> struct FromRows {
    const E* base;
    __device__ __forceinline__ int count(int) const { return 1; }
    template <int COUNT> __device__ __forceinline__ void operator()(float (&v)[COUNT], int t, int n, int N, int) const {
        const E* at = base + (long)t * N + n;
        if (COUNT == 2) {
            uint32_t pair;
            asm volatile("ld.global.u32 %0, [%1];" : "=r"(pair) : "l"(at) : "memory");
            const float2 both = Element<E>::unpack(pair);
            v[0] = both.x; v[COUNT - 1] = both.y;
        } else {
            unsigned short bits;
            asm volatile("ld.global.u16 %0, [%1];" : "=h"(bits) : "l"(at) : "memory");
            v[0] = Element<E>::toFloat(*reinterpret_cast<const E*>(&bits));
        }
    }
};
struct FromParts {
    Parts p;
    __device__ __forceinline__ int count(int n) const { return partsOf(p, n); }
    template <int COUNT> __device__ __forceinline__ void operator()(float (&v)[COUNT], int t, int n, int N, int count) const {
        const float* at = p.base + (long)t * N + n;
        float part[4][COUNT] = {};
#pragma unroll
        for (int i = 0; i < 4; i++) {
            if (i < count) loadFloats(part[i], at + i * p.stride);
        }
#pragma unroll
        for (int j = 0; j < COUNT; j++) v[j] = ((part[0][j] + part[1][j]) + part[2][j]) + part[3][j];
        for (int i = 4; i < count; i++) {
            loadFloats(part[0], at + i * p.stride);
#pragma unroll
            for (int j = 0; j < COUNT; j++) v[j] += part[0][j];
        }
    }
};

// Sine and cosine of the lane's pairs at a position.
template <int D>
__device__ __forceinline__ void angles(Pairs<D>& turn, const HeadRows& r, int position, int lane) {
#pragma unroll
    for (int j = 0; j < Pairs<D>::COUNT; j++) {
        sincosf(__fmul_rn((float)position, r.frequencies[lane * Pairs<D>::COUNT + j]), &turn.low[j], &turn.high[j]);
        turn.low[j] *= r.magnitude; turn.high[j] *= r.magnitude;
    }
}

// Bias, norm, rotation and the bounds of what may enter the cache. `n` is the lane's first column, `head` counts queries, keys, values.
template <typename E, int D>
__device__ __forceinline__ void finish(Pairs<D>& v, const Pairs<D>& turn, const HeadRows& r, int head, int lane) {
    constexpr int COUNT = Pairs<D>::COUNT;
    const bool isQuery = head < r.queryHeads, isValue = head >= r.queryHeads + r.kvHeads;
    const float* scale = isQuery ? r.queryNorm : isValue ? nullptr : r.keyNorm;
    const int d = lane * COUNT;
    float squares = 0;
#pragma unroll
    for (int j = 0; j < COUNT; j++) {
        if (r.bias) { v.low[j] += r.bias[head * D + d + j]; v.high[j] += r.bias[head * D + d + j + D / 2]; }
        squares += v.low[j] * v.low[j] + v.high[j] * v.high[j];
    }
    const float factor = scale ? rsqrtf(warpSum(squares) / D + r.epsilon) : 1.0f;
#pragma unroll
    for (int j = 0; j < COUNT; j++) {
        float a = v.low[j], b = v.high[j];
        if (scale) { a *= factor * scale[d + j]; b *= factor * scale[d + j + D / 2]; }
        if (!isValue) {
            const float turned = a * turn.high[j] - b * turn.low[j];
            b = b * turn.high[j] + a * turn.low[j];
            a = turned;
        }
        if (!isQuery) {
            // Only finite numbers enter the cache: a masked token's value is multiplied by 0, whoever wrote it.
            a = fminf(fmaxf(a, -Element<E>::LARGEST), Element<E>::LARGEST);
            b = fminf(fmaxf(b, -Element<E>::LARGEST), Element<E>::LARGEST);
        }
        v.low[j] = a; v.high[j] = b;
    }
}

// Where the row at `slot` of the cache keeps a key (0) or value (1) of a head.
template <typename E, int D>
__device__ __forceinline__ E* inCache(E* kv, const HeadRows& r, int slot, int value, int kvHead) {
    const long page = ((long)(slot / PAGE) * r.layers + r.layer) * 2 + value;
    return kv + ((page * r.kvHeads + kvHead) * PAGE + slot % PAGE) * D;
}

template <typename E, int D, typename From>
__device__ void run(const From& from, const HeadRows& r, E* q, E* kv) {
    constexpr int COUNT = Pairs<D>::COUNT;
    dependLaunch();
    const int lane = threadIdx.x % 32, t = blockIdx.y, all = r.queryHeads + 2 * r.kvHeads, N = all * D;
    int head = blockIdx.x * 8 + threadIdx.x / 32;
    if (head >= all) return;
    // Positions and slots are older than this step's first kernel: only the sums must be waited for.
    const int slot = r.slots[t];
    Pairs<D> turn;
    angles(turn, r, r.positions[t], lane);
    bool waited = false;
    for (; head < all; head += gridDim.x * 8) {
        const bool isQuery = head < r.queryHeads, isValue = head >= r.queryHeads + r.kvHeads;
        if (slot < 0 && !isQuery) break;
        const int n = head * D + lane * COUNT, countLow = from.count(n), countHigh = from.count(n + D / 2);
        if (!waited) { dependWait(); waited = true; }
        Pairs<D> v;
        from(v.low, t, n, N, countLow);
        from(v.high, t, n + D / 2, N, countHigh);
        finish<E>(v, turn, r, head, lane);
        E* to = isQuery ? q + ((long)t * r.queryHeads + head) * D
                        : inCache<E, D>(kv, r, slot, isValue, head - r.queryHeads - (isValue ? r.kvHeads : 0));
        store(to + lane * COUNT, v.low);
        store(to + lane * COUNT + D / 2, v.high);
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
