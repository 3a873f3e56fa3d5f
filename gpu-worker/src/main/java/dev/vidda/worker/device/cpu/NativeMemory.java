package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Large zeroed memory outside the heap. On Linux it asks for huge pages: reading gigabytes in a stream, small pages cost
 * a good part of the bandwidth.
 */
public final class NativeMemory {
    private static final long HUGE_PAGE = 2L << 20;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;

    private static final @Nullable LinuxCalls LINUX =
            System.getProperty("os.name", "").equals("Linux") ? LinuxCalls.link() : null;

    private record LinuxCalls(MethodHandle mmap, MethodHandle munmap, MethodHandle madvise) {
        static LinuxCalls link() {
            Linker linker = Linker.nativeLinker();
            SymbolLookup libc = linker.defaultLookup();
            var pointer = ValueLayout.ADDRESS;
            var number = ValueLayout.JAVA_LONG;
            var word = ValueLayout.JAVA_INT;
            return new LinuxCalls(
                    linker.downcallHandle(
                            libc.findOrThrow("mmap"),
                            FunctionDescriptor.of(pointer, pointer, number, word, word, word, number)),
                    linker.downcallHandle(libc.findOrThrow("munmap"), FunctionDescriptor.of(word, pointer, number)),
                    linker.downcallHandle(
                            libc.findOrThrow("madvise"), FunctionDescriptor.of(word, pointer, number, word)));
        }
    }

    private NativeMemory() {}

    /**
     * @param arena gives the memory back when it closes
     * @throws DeviceException if there is not enough
     */
    public static MemorySegment allocate(long bytes, Arena arena) {
        LinuxCalls linux = LINUX;
        try {
            return linux != null && bytes >= HUGE_PAGE
                    ? map(linux, bytes, arena)
                    : arena.allocate(Math.max(bytes, 1), 64);
        } catch (OutOfMemoryError e) {
            throw new DeviceException("cannot allocate " + bytes + " bytes: " + e.getMessage(), e);
        }
    }

    private static MemorySegment map(LinuxCalls linux, long bytes, Arena arena) {
        long mapped = bytes + HUGE_PAGE;
        MemorySegment base = call(() -> (MemorySegment)
                linux.mmap.invokeExact(MemorySegment.NULL, mapped, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L));
        if (base.address() == -1) {
            throw new DeviceException("cannot allocate " + bytes + " bytes: the operating system refuses");
        }
        MemorySegment aligned = MemorySegment.ofAddress((base.address() + HUGE_PAGE - 1) & -HUGE_PAGE);
        // Advice only: where it is refused, small pages work as well.
        int ignored = call(() -> (int) linux.madvise.invokeExact(aligned, bytes, MADV_HUGEPAGE));
        return aligned.reinterpret(bytes, arena, segment -> unmap(linux, base, mapped));
    }

    private static void unmap(LinuxCalls linux, MemorySegment base, long mapped) {
        int result = call(() -> (int) linux.munmap.invokeExact(base, mapped));
        if (result != 0) {
            throw new DeviceException("munmap of " + mapped + " bytes failed");
        }
    }

    private interface NativeCall<T> {
        T run() throws Throwable;
    }

    private static <T> T call(NativeCall<T> call) {
        try {
            return call.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a call into libc threw", e);
        }
    }
}
