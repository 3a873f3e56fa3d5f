// What becomes of the sums of a large linear layer.
#pragma once
#include "common.cuh"

enum Ending {
    ROWS = 0,      // E [T, N]
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

// Stores 16 outputs of 8 rows: c[0], c[1] are output lane / 4 of rows 2 (lane % 4) (+ 1), c[2], c[3] the output 8 further.
template <typename E, int ENDING>
__device__ __forceinline__ void storeTile(const Output& o, const float (&c)[4], int rowBlock, int t0, int lane) {
    const int n = rowBlock * 16 + lane / 4;
    const float b0 = o.bias && n < o.N ? o.bias[n] : 0.0f, b1 = o.bias && n + 8 < o.N ? o.bias[n + 8] : 0.0f;
    const float v[4] = {c[0] + b0, c[1] + b0, c[2] + b1, c[3] + b1};
    if (ENDING == GATED) {
        const uint32_t pair = transpose8x8(Element<E>::pack(silu(v[0]) * v[2], silu(v[1]) * v[3]));
        const int t = t0 + lane / 4, column = rowBlock * 8 + lane % 4 * 2;
        if (t < o.T && column < o.N / 2)
            *reinterpret_cast<uint32_t*>(static_cast<E*>(o.to) + (long)t * (o.N / 2) + column) = pair;
    } else if (ENDING == ROWS) {
        const uint32_t low = transpose8x8(Element<E>::pack(v[0], v[1])), high = transpose8x8(Element<E>::pack(v[2], v[3]));
        const int t = t0 + lane / 4, column = rowBlock * 16 + lane % 4 * 2;
        E* to = static_cast<E*>(o.to) + (long)t * o.N + column;
        if (t < o.T && column < o.N) *reinterpret_cast<uint32_t*>(to) = low;
        if (t < o.T && column + 8 < o.N) *reinterpret_cast<uint32_t*>(to + 8) = high;
    } else {
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const int t = t0 + lane % 4 * 2 + i % 2, column = n + i / 2 * 8;
            if (t >= o.T || column >= o.N) continue;
            float* to = static_cast<float*>(o.to) + (long)t * o.N + column;
            // One block adds to each element, so the order is fixed; a reduction does not wait for what is there.
            if (ENDING == RESIDUAL) asm volatile("red.global.add.f32 [%0], %1;" ::"l"(to), "f"(v[i]) : "memory");
            else *to = v[i];
        }
    }
}

template <typename E, int TILES>
__device__ __forceinline__ void storeTiles(const Output& o, const float (&c)[TILES][4], int rowBlock, int t0, int lane) {
    if (rowBlock * 16 >= o.N) return;
    if (o.ending == ROWS) {
#pragma unroll
        for (int j = 0; j < TILES; j++) storeTile<E, ROWS>(o, c[j], rowBlock, t0 + j * 8, lane);
    } else if (o.ending == GATED) {
#pragma unroll
        for (int j = 0; j < TILES; j++) storeTile<E, GATED>(o, c[j], rowBlock, t0 + j * 8, lane);
    } else if (o.ending == RESIDUAL) {
#pragma unroll
        for (int j = 0; j < TILES; j++) storeTile<E, RESIDUAL>(o, c[j], rowBlock, t0 + j * 8, lane);
    } else {
#pragma unroll
        for (int j = 0; j < TILES; j++) storeTile<E, FLOATS>(o, c[j], rowBlock, t0 + j * 8, lane);
    }
}

// Tiles are walked in groups of 8 row tiles by all output tiles, so that what runs at one time shares rows and weights.
__device__ __forceinline__ void tileOf(int id, int outputTiles, int rowTiles, int& outputTile, int& rowTile) {
    const int group = id / (8 * outputTiles), inGroup = id % (8 * outputTiles), height = min(8, rowTiles - group * 8);
    outputTile = inGroup / height;
    rowTile = group * 8 + inGroup % height;
}
