// The element-wise work between linear layers: embedding, residual + RMSNorm, SiLU gating.
#include "common.cuh"

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
// Launch: grid of output rows, threads a multiple of 32, K floats of shared memory. K must be a multiple of 4.
template <typename E>
__device__ void norm(float* x, Parts delta, const float* bias, const int* source, const float* scale, float epsilon, E* out, int K, int fragments) {
    extern __shared__ __align__(16) float row[];
    __shared__ float scratch[32];
    dependLaunch();
    dependWait();
    const int t = source ? source[blockIdx.x] : blockIdx.x;
    float squares = 0;
    for (int k = threadIdx.x * 4; k < K; k += blockDim.x * 4) {
        float4 v = loadFloat4(x + (long)t * K + k);
        if (delta.grid) {
            float4 d = readParts4(delta, t, k, K);
            v.x += d.x; v.y += d.y; v.z += d.z; v.w += d.w;
        }
        if (bias) { v.x += bias[k]; v.y += bias[k + 1]; v.z += bias[k + 2]; v.w += bias[k + 3]; }
        if (delta.grid && !source) *reinterpret_cast<float4*>(x + (long)t * K + k) = v;
        *reinterpret_cast<float4*>(row + k) = v;
        squares += v.x * v.x + v.y * v.y + v.z * v.z + v.w * v.w;
    }
    const float factor = rsqrtf(blockSum(squares, scratch) / K + epsilon);
    for (int k = threadIdx.x * 4; k < K; k += blockDim.x * 4) {
        const float4 v = *reinterpret_cast<const float4*>(row + k), s = *reinterpret_cast<const float4*>(scale + k);
        E* to = out + (long)blockIdx.x * K;
        *reinterpret_cast<uint32_t*>(to + place(k, fragments)) = Element<E>::pack(v.x * factor * s.x, v.y * factor * s.y);
        *reinterpret_cast<uint32_t*>(to + place(k + 2, fragments)) = Element<E>::pack(v.z * factor * s.z, v.w * factor * s.w);
    }
}

// out[t][i] = silu(gate) * up, from the parts of a gated pair (see pack.cu): gate i is column 16 (i / 8) + i % 8, up 8 further.
// Launch: grid (ceil(F / 4 / threads), T). F must be a multiple of 8.
template <typename E>
__device__ void gate(Parts gateUp, const float* bias, E* out, int F, int fragments) {
    dependLaunch();
    dependWait();
    const int i = (blockIdx.x * blockDim.x + threadIdx.x) * 4, t = blockIdx.y;
    if (i >= F) return;
    const int n = i / 8 * 16 + i % 8;
    float4 g = readParts4(gateUp, t, n, 2 * F), u = readParts4(gateUp, t, n + 8, 2 * F);
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

#define KERNELS(E)                                                                                                        \
    extern "C" __global__ void __launch_bounds__(1024, 1) embed_##E(const int* ids, const E* W, float* x, int K) {        \
        rows::embed<E>(ids, W, x, K);                                                                                     \
    }                                                                                                                     \
    extern "C" __global__ void __launch_bounds__(1024, 1) norm_##E(float* x, Parts delta, const float* bias,              \
        const int* source, const float* scale, float epsilon, E* out, int K, int fragments) {                             \
        rows::norm<E>(x, delta, bias, source, scale, epsilon, out, K, fragments);                                         \
    }                                                                                                                     \
    extern "C" __global__ void __launch_bounds__(1024, 1) gate_##E(                                                       \
        Parts gateUp, const float* bias, E* out, int F, int fragments) {                                                  \
        rows::gate<E>(gateUp, bias, out, F, fragments);                                                                   \
    }
BOTH(KERNELS)
#undef KERNELS
