// Sums that a linear layer leaves in parts, and their readers.
//
// A linear layer cuts all its work, tile by tile (a tile is `tileRows` outputs over all of K, in `units` pieces), evenly over
// the blocks of a launch: a tile that several blocks share leaves one partial sum per block, in block order, and the reader
// adds them. The cut depends on the matrix alone, so a row's sum does not depend on what else is in the batch.
#pragma once
#include "common.cuh"

// Work cut over blocks: the first `longer` of them have one piece more than the others.
struct Cut {
    int least;   // pieces of a block
    int longer;
    int blocks;  // 0: there is nothing to add

    __device__ __forceinline__ int first(int block) const { return block * least + min(block, longer); }
    __device__ __forceinline__ int count(int block) const { return least + (block < longer); }
    __device__ __forceinline__ int owner(int piece) const {
        const int inLonger = longer * (least + 1);
        return piece < inLonger ? piece / (least + 1) : longer + (piece - inLonger) / least;
    }
};

struct Parts {
    const float* base;  // [parts][T][N]
    long stride;        // elements from one part to the next
    int tileRows;       // 0: every sum is in two parts, the second one perhaps zero
    int units;
    Cut cut;
};
__device__ __forceinline__ int partsOf(const Parts& p, int n) {
    if (p.tileRows == 0) return 2;
    const int tile = n / p.tileRows;
    return p.cut.owner((tile + 1) * p.units - 1) - p.cut.owner(tile * p.units) + 1;
}
__device__ __forceinline__ float4 loadFloat4(const float* p) {
    const uint4 v = load16(p);
    return make_float4(__uint_as_float(v.x), __uint_as_float(v.y), __uint_as_float(v.z), __uint_as_float(v.w));
}
__device__ __forceinline__ void add(float4& to, const float4& v) { to.x += v.x; to.y += v.y; to.z += v.z; to.w += v.w; }
// The four sums at row t, columns n .. n+3 of an output with N columns, which partsOf() says are in `count` parts.
__device__ __forceinline__ float4 readParts4(const Parts& p, int t, int n, int N, int count) {
    const float* at = p.base + (long)t * N + n;
    float4 sum = make_float4(0, 0, 0, 0);
    for (int i = 0; i < count; i += 4) {  // four on their way at a time
        float4 v[4];
#pragma unroll
        for (int j = 0; j < 4; j++) v[j] = i + j < count ? loadFloat4(at + (i + j) * p.stride) : make_float4(0, 0, 0, 0);
#pragma unroll
        for (int j = 0; j < 4; j++) add(sum, v[j]);
    }
    return sum;
}

// The residual stream and what is still to be added to it, to be normalised by its reader.
struct Normed {
    const float* x;      // [T, K]
    Parts delta;
    const float* bias;   // [K] or null
    const float* scale;  // [K]
    float* sum;          // [T, K] receives x + delta + bias when there is a delta; null for nobody
    float epsilon;
};
// Four elements of a row, times factor and scale, to their places.
template <typename E>
__device__ __forceinline__ void storePlaced(E* row, int k, bool fragments, const float4& v, const float4& s, float factor) {
    *reinterpret_cast<uint32_t*>(row + place(k, fragments)) = Element<E>::pack(v.x * factor * s.x, v.y * factor * s.y);
    *reinterpret_cast<uint32_t*>(row + place(k + 2, fragments)) = Element<E>::pack(v.z * factor * s.z, v.w * factor * s.w);
}
