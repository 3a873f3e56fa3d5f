package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Optional;
import jcuda.driver.CUresult;

/** The calls of the CUDA driver that JCuda lacks, on the same handles, and the check of every call's result. */
final class Driver {
    /** 16-bit elements in 128 bytes, which wgmma's operands in shared memory are swizzled by. */
    static final int SWIZZLED_ELEMENTS = 64;

    private static final String LIBRARY = "libcuda.so.1";

    private final MethodHandle launchKernel;
    private final MethodHandle encodeTiled;

    /** @throws DeviceException if there is no driver */
    Driver() {
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new DeviceException("the NVIDIA driver's " + LIBRARY + " is not on the library path", e);
        }
        launchKernel = function(
                library,
                "cuLaunchKernelEx",
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS);
        encodeTiled = function(
                library,
                "cuTensorMapEncodeTiled",
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT);
    }

    /** Why the driver cannot be called on this machine; empty if it can. */
    static Optional<String> missing() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(LIBRARY, arena);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("the NVIDIA driver's " + LIBRARY + " is not on the library path");
        }
    }

    private static MethodHandle function(SymbolLookup library, String name, ValueLayout... arguments) {
        MemorySegment address = library.find(name)
                .orElseThrow(() -> new DeviceException("the NVIDIA driver is too old: it has no " + name));
        return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    /**
     * Starts a kernel.
     *
     * @param config a {@code CUlaunchConfig}
     * @param parameters an array of pointers to the kernel's arguments
     */
    void launch(MemorySegment config, long kernel, MemorySegment parameters, String name) {
        int result;
        try {
            result = (int) launchKernel.invokeExact(config, kernel, parameters, MemorySegment.NULL);
        } catch (Throwable e) {
            throw new IllegalStateException("cuLaunchKernelEx cannot be called", e);
        }
        check(result, name);
    }

    /**
     * Describes a tensor of 16-bit elements for bulk copies of boxes; what lies outside arrives as zeros. Dimensions come with the
     * innermost first, whose elements are adjacent. A box of {@link #SWIZZLED_ELEMENTS} of these is swizzled by 128 bytes, others
     * are copied as they lie.
     *
     * @param map receives the 128 bytes of the map, aligned to 64
     * @param type the driver's number of the element type
     * @param extents elements of each dimension
     * @param strides bytes from one index of a dimension to the next, for all but the innermost
     * @param box elements of a box along each dimension
     */
    void encodeMap(MemorySegment map, int type, long address, long[] extents, long[] strides, int[] box) {
        int[] everyOne = new int[box.length];
        Arrays.fill(everyOne, 1);
        try (Arena arena = Arena.ofConfined()) {
            int noInterleave = 0;
            int swizzle = box[0] == SWIZZLED_ELEMENTS ? 3 : 0;
            int promote256 = 3;
            int fillZeros = 0;
            int result = (int) encodeTiled.invokeExact(
                    map,
                    type,
                    box.length,
                    address,
                    arena.allocateFrom(ValueLayout.JAVA_LONG, extents),
                    arena.allocateFrom(ValueLayout.JAVA_LONG, strides),
                    arena.allocateFrom(ValueLayout.JAVA_INT, box),
                    arena.allocateFrom(ValueLayout.JAVA_INT, everyOne),
                    noInterleave,
                    swizzle,
                    promote256,
                    fillZeros);
            check(result, "cuTensorMapEncodeTiled");
        } catch (DeviceException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cuTensorMapEncodeTiled cannot be called", e);
        }
    }

    /** @throws DeviceException unless {@code result} is success */
    static void check(int result, String what) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw new DeviceException(what + " failed: " + CUresult.stringFor(result));
        }
    }
}
