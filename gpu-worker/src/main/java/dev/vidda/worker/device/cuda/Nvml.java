package dev.vidda.worker.device.cuda;

import dev.vidda.protocol.DeviceHealth;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * A GPU's sensors, read through the driver's management library when it is installed. A sensor that the card lacks reads as
 * zero. Safe for any thread; one reading may take milliseconds.
 */
final class Nvml {
    private static final String LIBRARY = "libnvidia-ml.so.1";
    private static final int SUCCESS = 0;
    private static final int TEMPERATURE_OF_GPU = 0;
    private static final int CLOCK_OF_MULTIPROCESSORS = 1;
    /** Reasons of nvmlClocksThrottleReasons: power cap, slowdown by hardware, heat (two kinds), power brake. */
    private static final long HELD_DOWN = 0x4 | 0x8 | 0x20 | 0x40 | 0x80;

    private final SymbolLookup library;
    private final long device;
    private final MethodHandle temperature;
    private final MethodHandle power;
    private final MethodHandle clock;
    private final MethodHandle utilization;
    private final MethodHandle memory;
    private final MethodHandle throttleReasons;

    private Nvml(SymbolLookup library, long device) {
        this.library = library;
        this.device = device;
        temperature = handle("nvmlDeviceGetTemperature", ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
        power = handle("nvmlDeviceGetPowerUsage", ValueLayout.ADDRESS);
        clock = handle("nvmlDeviceGetClockInfo", ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
        utilization = handle("nvmlDeviceGetUtilizationRates", ValueLayout.ADDRESS);
        memory = handle("nvmlDeviceGetMemoryInfo", ValueLayout.ADDRESS);
        throttleReasons = handle("nvmlDeviceGetCurrentClocksThrottleReasons", ValueLayout.ADDRESS);
    }

    /** The sensors of the GPU at a PCI bus address as the driver writes it; empty if the library cannot be used. */
    static Optional<Nvml> of(String busId) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
            MemorySegment handle = arena.allocate(ValueLayout.JAVA_LONG);
            int started = call(function(library, "nvmlInit_v2"));
            int found = call(
                    function(library, "nvmlDeviceGetHandleByPciBusId_v2", ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                    arena.allocateFrom(busId),
                    handle);
            return started == SUCCESS && found == SUCCESS
                    ? Optional.of(new Nvml(library, handle.get(ValueLayout.JAVA_LONG, 0)))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            // No such library, or one without these functions.
            return Optional.empty();
        }
    }

    private MethodHandle handle(String name, ValueLayout... arguments) {
        ValueLayout[] all = new ValueLayout[arguments.length + 1];
        all[0] = ValueLayout.JAVA_LONG;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return function(library, name, all);
    }

    private static MethodHandle function(SymbolLookup library, String name, ValueLayout... arguments) {
        MemorySegment address =
                library.find(name).orElseThrow(() -> new IllegalArgumentException(LIBRARY + " has no " + name));
        return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    private static int call(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a call into " + LIBRARY + " threw", e);
        }
    }

    /** What the sensors say now. */
    DeviceHealth read() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(24, 8);
            int celsius = number(temperature, out, TEMPERATURE_OF_GPU);
            int milliwatts = number(power, out);
            int megahertz = number(clock, out, CLOCK_OF_MULTIPROCESSORS);
            // The first of two percentages; the other is of the memory's bus.
            int percent = number(utilization, out);
            number(throttleReasons, out);
            boolean heldDown = (out.get(ValueLayout.JAVA_LONG, 0) & HELD_DOWN) != 0;
            // Total, free and used bytes.
            number(memory, out);
            return new DeviceHealth(
                    celsius,
                    milliwatts / 1000.0,
                    megahertz,
                    percent,
                    out.get(ValueLayout.JAVA_LONG, 16),
                    out.get(ValueLayout.JAVA_LONG, 0),
                    heldDown);
        }
    }

    private int number(MethodHandle function, MemorySegment out) {
        out.fill((byte) 0);
        return call(function, device, out) == SUCCESS ? out.get(ValueLayout.JAVA_INT, 0) : 0;
    }

    private int number(MethodHandle function, MemorySegment out, int which) {
        out.fill((byte) 0);
        return call(function, device, which, out) == SUCCESS ? out.get(ValueLayout.JAVA_INT, 0) : 0;
    }
}
