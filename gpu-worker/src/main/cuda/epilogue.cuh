// What becomes of the sums of a large linear layer.
#pragma once
#include "common.cuh"

enum Ending {
    ROWS = 0,      // E [T, N], N a multiple of 4
    GATED = 1,     // E [T, N / 2]: silu(gate) * up, the pair alternating in groups of 8 outputs (see pack.cu)
    RESIDUAL = 2,  // float [T, N], added to what is there
    FLOATS = 3     // float [T, N]
};

struct Output {
    void* to;
    const float* bias;  // [N] or null
    int T;
    int N;
    int ending;
};

// A warp's sums of 16 outputs: c[j][0], c[j][1] are output lane / 4 of rows 8 j + 2 (lane % 4) (+ 1), c[j][2], c[j][3] the output 8 further.
// Short code: it runs once or twice a launch, and what is not in the instruction cache costs more than it does.

// E [T, N]: 32 bytes of a row from four lanes, the first 8 outputs from the even ones.
template <typename E, int TILES>
__device__ __forceinline__ void storeRows(const Output& o, const float (&c)[TILES][4], int rowBlock, int t0, int lane) {
    const bool even = lane % 2 == 0;
    const int column = rowBlock * 16 + lane % 4 / 2 * 4 + (even ? 0 : 8), t = t0 + lane / 4, rows = column < o.N ? o.T - t : 0;
    E* to = static_cast<E*>(o.to) + (long)t * o.N + column;
#pragma unroll
    for (int j = 0; j < TILES; j++, to += 8L * o.N) {
        const uint32_t low = transpose8x8(Element<E>::pack(c[j][0], c[j][1])), high = transpose8x8(Element<E>::pack(c[j][2], c[j][3]));
        const uint32_t other = __shfl_xor_sync(~0u, even ? high : low, 1);
        if (rows > 8 * j) *reinterpret_cast<uint2*>(to) = even ? make_uint2(low, other) : make_uint2(other, high);
    }
}

// E [T, N / 2]: the gate and the up projection of a product are 8 outputs apart, in one lane.
template <typename E, int TILES>
__device__ __forceinline__ void storeGated(const Output& o, const float (&c)[TILES][4], int rowBlock, int t0, int lane) {
    const int width = o.N / 2, column = rowBlock * 8 + lane % 4 * 2, t = t0 + lane / 4, rows = column < width ? o.T - t : 0;
    E* to = static_cast<E*>(o.to) + (long)t * width + column;
#pragma unroll
    for (int j = 0; j < TILES; j++, to += 8L * width) {
        const uint32_t pair = transpose8x8(Element<E>::pack(silu(c[j][0]) * c[j][2], silu(c[j][1]) * c[j][3]));
        if (rows > 8 * j) *reinterpret_cast<uint32_t*>(to) = pair;
    }
}

// float [T, N], instead of or on top of what is there. One block adds to each element, so the order is fixed; a reduction does not
// wait for what is there.
template <bool ADD, int TILES>
__device__ __forceinline__ void storeFloats(const Output& o, const float (&c)[TILES][4], int rowBlock, int t0, int lane) {
    const auto put = [](float* to, float v) {
        if (ADD) asm volatile("red.global.add.f32 [%0], %1;" ::"l"(to), "f"(v) : "memory");
        else *to = v;
    };
    const int n = rowBlock * 16 + lane / 4, t = t0 + lane % 4 * 2, rows = o.T - t;
    const int low = n < o.N ? rows : 0, high = n + 8 < o.N ? rows : 0;
    float* to = static_cast<float*>(o.to) + (long)t * o.N + n;
#pragma unroll
    for (int j = 0; j < TILES; j++, to += 8L * o.N) {
        if (low > 8 * j) put(to, c[j][0]);
        if (high > 8 * j) put(to + 8, c[j][2]);
        if (low > 8 * j + 1) put(to + o.N, c[j][1]);
        if (high > 8 * j + 1) put(to + o.N + 8, c[j][3]);
    }
}

template <typename E, int TILES>
__device__ __forceinline__ void storeTiles(const Output& o, float (&c)[TILES][4], int rowBlock, int t0, int lane) {
    if (rowBlock * 16 >= o.N) return;
    if (o.bias) {
        const int n = rowBlock * 16 + lane / 4;
        const float low = n < o.N ? o.bias[n] : 0.0f, high = n + 8 < o.N ? o.bias[n + 8] : 0.0f;
#pragma unroll
        for (int j = 0; j < TILES; j++) { c[j][0] += low; c[j][1] += low; c[j][2] += high; c[j][3] += high; }
    }
    if (o.ending == ROWS) storeRows<E>(o, c, rowBlock, t0, lane);
    else if (o.ending == GATED) storeGated<E>(o, c, rowBlock, t0, lane);
    else if (o.ending == RESIDUAL) storeFloats<true>(o, c, rowBlock, t0, lane);
    else storeFloats<false>(o, c, rowBlock, t0, lane);
}

// Tiles are walked in groups of 8 row tiles by all output tiles, so that what runs at one time shares rows and weights.
__device__ __forceinline__ void tileOf(int id, int outputTiles, int rowTiles, int& outputTile, int& rowTile) {
    const int group = id / (8 * outputTiles), inGroup = id % (8 * outputTiles), height = min(8, rowTiles - group * 8);
    outputTile = inGroup / height;
    rowTile = group * 8 + inGroup % height;
}
