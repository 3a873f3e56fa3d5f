// Repacks a row-major matrix W [N, K] into the order of tensor-core A fragments: [N / 16][K / 16][32 lanes][8] E, so that a
// lane loads its fragment of a 16 x 16 tile with one 16-byte load and a row block of 16 outputs is one line of memory.
// Rows from N to the next multiple of 16 become zero. `rowOf` says where a source row goes: a gated pair alternates in
// groups of 8 (8 rows of the gate, 8 of the up projection), so that one lane holds both halves of a product.
//
// Launch: grid (K / 16 / 8 rounded up, row blocks), 256 threads: a warp a tile.
#include "common.cuh"

namespace pack {
template <typename S> __device__ __forceinline__ float widen(S v) { return Element<S>::toFloat(v); }
template <> __device__ __forceinline__ float widen<float>(float v) { return v; }

// kind 0: row block b holds source rows 16 b ..; kind 1 (gate) and 2 (up): source rows 8 b .. go to its first or second half.
template <typename E, typename S>
__device__ void run(const S* source, E* packed, int N, int K, int firstBlock, int kind) {
    const int kTiles = K / 16, kTile = blockIdx.x * 8 + threadIdx.x / 32, lane = threadIdx.x % 32;
    dependWait();
    if (kTile >= kTiles) return;
    uint4* tile = reinterpret_cast<uint4*>(packed + ((long)(firstBlock + blockIdx.y) * kTiles + kTile) * 256) + lane;
    uint4 out = *tile;
    uint32_t words[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const int half = i % 2, k = kTile * 16 + i / 2 * 8 + lane % 4 * 2;
        const long row = kind == 0 ? blockIdx.y * 16 + half * 8 + lane / 4 : blockIdx.y * 8 + lane / 4;
        const bool valid = row < N;
        words[i] = Element<E>::pack(valid ? widen(source[row * K + k]) : 0.0f, valid ? widen(source[row * K + k + 1]) : 0.0f);
    }
    if (kind != 2) { out.x = words[0]; out.z = words[2]; }
    if (kind != 1) { out.y = words[1]; out.w = words[3]; }
    *tile = out;
}

// Numbers that look random, uniform in [-scale, scale], already in E: weights for benchmarks without a checkpoint.
template <typename E>
__device__ void random(E* packed, long count, float scale, uint32_t seed) {
    dependWait();
    for (long i = (long)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += (long)gridDim.x * blockDim.x) {
        uint32_t h = (uint32_t)i * 0x9E3779B9u + (uint32_t)(i >> 32) * 0x85EBCA6Bu + seed;
        h ^= h >> 16; h *= 0x7FEB352Du; h ^= h >> 15; h *= 0x846CA68Bu; h ^= h >> 16;
        packed[i] = Element<E>::of(((float)h * 0x1p-31f - 1.0f) * scale);
    }
}
}  // namespace pack

#define PACK(E, S)                                                                                                        \
    extern "C" __global__ void pack_##E##_from_##S(const S* source, E* packed, int N, int K, int firstBlock, int kind) {  \
        pack::run<E, S>(source, packed, N, K, firstBlock, kind);                                                          \
    }
#define KERNELS(E)                                                                                                        \
    PACK(E, bf16) PACK(E, fp16) PACK(E, float)                                                                            \
    extern "C" __global__ void random_##E(E* packed, long count, float scale, uint32_t seed) {                            \
        pack::random<E>(packed, count, scale, seed);                                                                      \
    }
BOTH(KERNELS)
#undef PACK
#undef KERNELS
