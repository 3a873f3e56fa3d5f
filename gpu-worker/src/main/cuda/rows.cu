// The element-wise work between linear layers: embedding, residual + RMSNorm, SiLU gating.
#include "parts.cuh"

namespace rows {
// x[t] = W[ids[t]] from the packed matrix (see pack.cu). Launch: grid T, 256 threads.
template <typename E>
__device__ void embed(const int* ids, const E* W, float* x, int K) {
    dependLaunch();
    dependWait();
    const int row = ids[blockIdx.x], kTiles = K / 16;
    const E* block = W + (long)(row / 16) * kTiles * 256 + (row % 8) * 32 + (row / 8 % 2) * 2;
    for (int k = threadIdx.x * 2; k < K; k += blockDim.x * 2) {
        const uint32_t pair = *reinterpret_cast<const uint32_t*>(block + (long)(k / 16) * 256 + (k % 8) * 4 + (k % 16 / 8) * 4);
        *reinterpret_cast<float2*>(x + (long)blockIdx.x * K + k) = Element<E>::unpack(pair);
    }
}

// x[t] += the parts (and bias) of a linear layer, when there are any; out[i] = x[t] / rms(x[t]) * scale, t = source[i] or i.
// What does not depend on the kernel before is done before the wait.
// Launch: grid of output rows, up to NORM_THREADS threads, at least K / 4 / STEPS. K must be a multiple of 4.
constexpr int NORM_THREADS = 1024;
template <typename E, int STEPS>
__device__ void norm(const Normed& n, const int* source, E* out, int K, int fragments) {
    __shared__ float scratch[32];
    dependLaunch();
    int counts[STEPS];
    const int t = source ? source[blockIdx.x] : blockIdx.x;
    float4 v[STEPS], scales[STEPS];
#pragma unroll
    for (int i = 0; i < STEPS; i++) {
        const int k = (threadIdx.x + i * blockDim.x) * 4;
        if (k >= K) break;
        counts[i] = n.delta.cut.blocks ? partsOf(n.delta, k) : 0;
        scales[i] = loadFloat4(n.scale + k);
    }
    dependWait();
    float squares = 0;
#pragma unroll
    for (int i = 0; i < STEPS; i++) {
        const int k = (threadIdx.x + i * blockDim.x) * 4;
        if (k >= K) break;
        v[i] = loadFloat4(n.x + (long)t * K + k);
        if (counts[i] > 0) {
            add(v[i], readParts4(n.delta, t, k, K, counts[i]));
            if (n.bias) add(v[i], *reinterpret_cast<const float4*>(n.bias + k));
            if (n.sum) *reinterpret_cast<float4*>(n.sum + (long)t * K + k) = v[i];
        }
        squares += v[i].x * v[i].x + v[i].y * v[i].y + v[i].z * v[i].z + v[i].w * v[i].w;
    }
    const float factor = rsqrtf(blockSum(squares, scratch) / K + n.epsilon);
#pragma unroll
    for (int i = 0; i < STEPS; i++) {
        const int k = (threadIdx.x + i * blockDim.x) * 4;
        if (k >= K) break;
        storePlaced(out + (long)blockIdx.x * K, k, fragments, v[i], scales[i], factor);
    }
}

// The same for many rows that await no parts: a warp a row, all of which is in registers.
// Launch: grid ceil(count / 4), 128 threads. K must be a multiple of 4 and at most 128 STEPS.
template <typename E, int STEPS>
__device__ void normRows(const Normed& n, const int* source, E* out, int K, int count) {
    const int i = blockIdx.x * 4 + threadIdx.x / 32, first = threadIdx.x % 32 * 4;
    dependLaunch();
    dependWait();
    if (i >= count) return;
    const float* row = n.x + (long)(source ? source[i] : i) * K;
    float4 v[STEPS];
#pragma unroll
    for (int j = 0; j < STEPS; j++) v[j] = j * 128 + first < K ? loadFloat4(row + j * 128 + first) : make_float4(0, 0, 0, 0);
    float squares = 0;
#pragma unroll
    for (int j = 0; j < STEPS; j++) squares += v[j].x * v[j].x + v[j].y * v[j].y + v[j].z * v[j].z + v[j].w * v[j].w;
    const float factor = rsqrtf(warpSum(squares) / K + n.epsilon);
    E* to = out + (long)i * K;
#pragma unroll
    for (int j = 0; j < STEPS; j++) {
        const int k = j * 128 + first;
        if (k >= K) break;
        const float4 s = __ldg(reinterpret_cast<const float4*>(n.scale + k));
        *reinterpret_cast<uint2*>(to + k) = make_uint2(Element<E>::pack(v[j].x * factor * s.x, v[j].y * factor * s.y),
            Element<E>::pack(v[j].z * factor * s.z, v[j].w * factor * s.w));
    }
}

// out[t][i] = silu(gate) * up, from the parts of a gated pair (see pack.cu): gate i is column 16 (i / 8) + i % 8, up 8 further.
// Launch: grid (ceil(F / 4 / threads), T). F must be a multiple of 8.
template <typename E>
__device__ void gate(const Parts& gateUp, const float* bias, E* out, int F, int fragments) {
    dependLaunch();
    const int i = (blockIdx.x * blockDim.x + threadIdx.x) * 4, t = blockIdx.y;
    if (i >= F) return;
    const int n = i / 8 * 16 + i % 8, count = partsOf(gateUp, n);
    dependWait();
    float4 g = readParts4(gateUp, t, n, 2 * F, count), u = readParts4(gateUp, t, n + 8, 2 * F, count);
    if (bias) {
        const float4 gb = *reinterpret_cast<const float4*>(bias + n), ub = *reinterpret_cast<const float4*>(bias + n + 8);
        g.x += gb.x; g.y += gb.y; g.z += gb.z; g.w += gb.w;
        u.x += ub.x; u.y += ub.y; u.z += ub.z; u.w += ub.w;
    }
    E* to = out + (long)t * F;
    *reinterpret_cast<uint32_t*>(to + place(i, fragments)) = Element<E>::pack(silu(g.x) * u.x, silu(g.y) * u.y);
    *reinterpret_cast<uint32_t*>(to + place(i + 2, fragments)) = Element<E>::pack(silu(g.z) * u.z, silu(g.w) * u.w);
}
}  // namespace rows

#define NORM(E, NAME, STEPS)                                                                                              \
    extern "C" __global__ void __launch_bounds__(rows::NORM_THREADS, 1) NAME##_##E(                                       \
        Normed normed, const int* source, E* out, int K, int fragments) {                                                 \
        rows::norm<E, STEPS>(normed, source, out, K, fragments);                                                          \
    }
#define NORM_ROWS(E, NAME, STEPS)                                                                                         \
    extern "C" __global__ void __launch_bounds__(128) NAME##_##E(Normed normed, const int* source, E* out, int K, int count) { \
        rows::normRows<E, STEPS>(normed, source, out, K, count);                                                          \
    }
#define KERNELS(E)                                                                                                        \
    extern "C" __global__ void __launch_bounds__(256) embed_##E(const int* ids, const E* W, float* x, int K) {        \
        rows::embed<E>(ids, W, x, K);                                                                                     \
    }                                                                                                                     \
    NORM(E, norm, 1) NORM(E, norm_wide, 4) NORM_ROWS(E, norm_rows, 20) NORM_ROWS(E, norm_rows_wide, 32)                   \
    extern "C" __global__ void __launch_bounds__(256, 4) gate_##E(                                                       \
        Parts gateUp, const float* bias, E* out, int F, int fragments) {                                                  \
        rows::gate<E>(gateUp, bias, out, F, fragments);                                                                   \
    }
BOTH(KERNELS)
#undef NORM
#undef NORM_ROWS
#undef KERNELS
