// Shared by all kernels: element types, asynchronous copies, tensor-core instructions, programmatic dependent launch.
//
// Words: E is the 16-bit element (bf16 or fp16) of weights, activations and the KV cache; the residual stream and all sums
// are float. T = rows of the step (tokens), N = outputs, K = inputs of a linear layer, D = head dimension.
#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cstdint>

using bf16 = __nv_bfloat16;
using fp16 = __half;

constexpr int PAGE = 16;  // tokens in a block of the KV pool

#define HOPPER (__CUDA_ARCH__ >= 900)

// ---- programmatic dependent launch: nothing that another kernel of the chain writes may be read before dependWait() ----
__device__ __forceinline__ void dependWait() {
#if HOPPER
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}
__device__ __forceinline__ void dependLaunch() {
#if HOPPER
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

// ---- element types ----
template <typename E> struct Element;
template <> struct Element<bf16> {
    static constexpr float LARGEST = 3.3895314e38f;
    static __device__ __forceinline__ float toFloat(bf16 v) { return __bfloat162float(v); }
    static __device__ __forceinline__ bf16 of(float v) { return __float2bfloat16(v); }
    static __device__ __forceinline__ uint32_t pack(float lo, float hi) {
        __nv_bfloat162 v = __floats2bfloat162_rn(lo, hi);
        return *reinterpret_cast<uint32_t*>(&v);
    }
    static __device__ __forceinline__ float2 unpack(uint32_t v) {
        return make_float2(__uint_as_float(v << 16), __uint_as_float(v & 0xffff0000u));
    }
};
template <> struct Element<fp16> {
    static constexpr float LARGEST = 65504.0f;
    static __device__ __forceinline__ float toFloat(fp16 v) { return __half2float(v); }
    static __device__ __forceinline__ fp16 of(float v) { return __float2half(v); }
    static __device__ __forceinline__ uint32_t pack(float lo, float hi) {
        __half2 v = __floats2half2_rn(lo, hi);
        return *reinterpret_cast<uint32_t*>(&v);
    }
    static __device__ __forceinline__ float2 unpack(uint32_t v) {
        return __half22float2(*reinterpret_cast<__half2*>(&v));
    }
};

// ---- tensor cores: D (16 x 8, float) += A (16 x 16) * B (16 x 8) ----
template <typename E>
__device__ __forceinline__ void mma(float (&d)[4], uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t b0, uint32_t b1);
template <>
__device__ __forceinline__ void mma<bf16>(float (&d)[4], uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t b0, uint32_t b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}
template <>
__device__ __forceinline__ void mma<fp16>(float (&d)[4], uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t b0, uint32_t b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}

__device__ __forceinline__ uint32_t sharedAddress(const void* p) {
    return static_cast<uint32_t>(__cvta_generic_to_shared(p));
}
__device__ __forceinline__ void loadMatrix4(uint32_t (&r)[4], uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
        : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address) : "memory");
}
__device__ __forceinline__ void loadMatrix4Transposed(uint32_t (&r)[4], uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
        : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address) : "memory");
}
__device__ __forceinline__ uint32_t transpose8x8(uint32_t v) {
    uint32_t r;
    asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(r) : "r"(v));
    return r;
}

// ---- loads and asynchronous copies ----
// Not the read-only path: activations are written by the kernel before, which may still run when this one starts.
__device__ __forceinline__ uint4 load16(const void* p) {
    uint4 v;
    asm volatile("ld.global.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(p) : "memory");
    return v;
}
__device__ __forceinline__ uint4 loadShared16(uint32_t address) {
    uint4 v;
    asm volatile("ld.shared.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "r"(address) : "memory");
    return v;
}
__device__ __forceinline__ void copy16(uint32_t shared, const void* global) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(shared), "l"(global) : "memory");
}
__device__ __forceinline__ void copy16Or0(uint32_t shared, const void* global, bool valid) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared), "l"(global), "r"(valid ? 16 : 0) : "memory");
}
__device__ __forceinline__ void copyCommit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int PENDING> __device__ __forceinline__ void copyWait() { asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory"); }

#if HOPPER
__device__ __forceinline__ void barrierInit(uint32_t barrier, int arrivals) {
    asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals) : "memory");
}
__device__ __forceinline__ void barrierInitFence() { asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory"); }
__device__ __forceinline__ void barrierArrive(uint32_t barrier) {
    asm volatile("mbarrier.arrive.shared.b64 _, [%0];" ::"r"(barrier) : "memory");
}
__device__ __forceinline__ void barrierExpect(uint32_t barrier, uint32_t bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes) : "memory");
}
__device__ __forceinline__ void barrierWait(uint32_t barrier, uint32_t parity) {
    asm volatile("{\n.reg .pred p;\nWAIT:\nmbarrier.try_wait.parity.shared.b64 p, [%0], %1;\n@p bra DONE;\nbra WAIT;\nDONE:\n}"
        ::"r"(barrier), "r"(parity) : "memory");
}
__device__ __forceinline__ void copyBulk(uint32_t shared, const void* global, uint32_t bytes, uint32_t barrier) {
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];"
        ::"r"(shared), "l"(global), "r"(bytes), "r"(barrier) : "memory");
}
// The same for what is read once: it does not push other data out of the second-level cache.
__device__ __forceinline__ void copyBulkOnce(uint32_t shared, const void* global, uint32_t bytes, uint32_t barrier) {
    uint64_t policy;
    asm("createpolicy.fractional.L2::evict_first.b64 %0, 1.0;" : "=l"(policy));
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.L2::cache_hint [%0], [%1], %2, [%3], %4;"
        ::"r"(shared), "l"(global), "r"(bytes), "r"(barrier), "l"(policy) : "memory");
}
// One box of a two-dimensional tensor map; x counts elements of a row, y rows.
__device__ __forceinline__ void copyBox(uint32_t shared, const void* map, int x, int y, uint32_t barrier) {
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], [%4];"
        ::"r"(shared), "l"(map), "r"(x), "r"(y), "r"(barrier) : "memory");
}
// One box of a three-dimensional tensor map, at the innermost coordinate 0.
__device__ __forceinline__ void copyBox3(uint32_t shared, const void* map, int y, int z, uint32_t barrier) {
    asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3, %4}], [%5];"
        ::"r"(shared), "l"(map), "r"(0), "r"(y), "r"(z), "r"(barrier) : "memory");
}
// One box of a four-dimensional tensor map at the outermost coordinate w.
__device__ __forceinline__ void copyBox4(uint32_t shared, const void* map, int w, uint32_t barrier) {
    asm volatile("cp.async.bulk.tensor.4d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %2, %2, %3}], [%4];"
        ::"r"(shared), "l"(map), "r"(0), "r"(w), "r"(barrier) : "memory");
}
#endif

// ---- order of activations ----
// linear_small reads 8 elements a lane with one load, so its input is written with every 32 elements in the order in which a
// lane's B fragments need them: element 16 s + 8 h + 2 t + e goes to place 8 t + 4 s + 2 h + e. All other readers take
// elements as they come.
__device__ __forceinline__ int place(int k, bool fragments) {
    return fragments ? (k & ~31) | ((k & 6) << 2) | ((k & 16) >> 2) | ((k & 8) >> 2) | (k & 1) : k;
}

__device__ __forceinline__ float powerOf2(float v) {
    float r;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(v));
    return r;
}
__device__ __forceinline__ float silu(float v) { return __fdividef(v, 1.0f + __expf(-v)); }

// ---- reductions ----
__device__ __forceinline__ float warpSum(float v) {
#pragma unroll
    for (int i = 16; i > 0; i >>= 1) v += __shfl_xor_sync(~0u, v, i);
    return v;
}
__device__ __forceinline__ float warpMax(float v) {
#pragma unroll
    for (int i = 16; i > 0; i >>= 1) v = fmaxf(v, __shfl_xor_sync(~0u, v, i));
    return v;
}
// The sum over the block, for all threads; `scratch` has 32 floats and is free again after the next barrier.
__device__ __forceinline__ float blockSum(float v, float* scratch) {
    v = warpSum(v);
    if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = v;
    __syncthreads();
    v = threadIdx.x % 32 < blockDim.x / 32 ? scratch[threadIdx.x % 32] : 0.0f;
    return warpSum(v);
}

// An instance of a kernel for each element type.
#define BOTH(M) M(bf16) M(fp16)
