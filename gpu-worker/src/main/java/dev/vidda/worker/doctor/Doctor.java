package dev.vidda.worker.doctor;

import dev.vidda.worker.device.Ceilings;
import dev.vidda.worker.device.CublasSettings;
import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.DeviceFactory;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.Devices;
import dev.vidda.worker.device.cpu.HostMemory;
import dev.vidda.worker.device.cuda.GpuProbe;
import dev.vidda.worker.doctor.Finding.Status;
import dev.vidda.worker.weights.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * Looks at this machine: what it has, how fast its devices are at most, and whether each computes what it should at awkward sizes.
 * The cpu device is compared with plain loops, a GPU with the cpu device.
 */
public final class Doctor {
    private static final String CPU = "cpu";
    private static final String CUDA = "cuda";
    private static final String MACHINE = "machine";

    /** One layer in float32 differs from double by rounding alone; 16-bit activations round to about 4e-3 each. */
    private static final KernelChecks.Sizes CPU_SIZES =
            new KernelChecks.Sizes(1e-4, 300, new int[] {1, 2, 7, 17, 33, 64, 129}, new int[] {1, 3, 13, 40}, 700, 0);

    private static final KernelChecks.Sizes GPU_SIZES = new KernelChecks.Sizes(
            1.5e-2,
            1200,
            new int[] {8, 9, 16, 31, 32, 33, 64, 65, 100, 128, 129, 255, 256, 257, 600},
            new int[] {2, 5, 12, 24, 40, 100, 200, 290},
            8400,
            131_072);

    /** Numbers of rows on both sides of where cuBLAS may take over from our kernels, and a gated layer in several pieces. */
    private static final KernelChecks.Sizes CUBLAS_SIZES = new KernelChecks.Sizes(
            1.5e-2, 1200, new int[] {17, 64, 100, 256, 257, 600, 1100}, new int[] {12, 24, 100, 290}, 2400, 0);

    private static final List<LayerShape> CPU_SHAPES = List.of(
            new LayerShape(256, 4, 2, 64, 320, 1000, 0, DType.BF16),
            new LayerShape(160, 5, 1, 64, 352, 777, 40, DType.F16),
            new LayerShape(72, 6, 2, 12, 104, 301, 0, DType.BF16));

    /** Both head dimensions of the kernels, groups of 2 to 16, widths that are no multiple of 64, windows, both types. */
    static final List<LayerShape> GPU_SHAPES = List.of(
            new LayerShape(256, 4, 2, 64, 320, 1000, 0, DType.BF16),
            new LayerShape(1024, 32, 8, 128, 3072, 4096, 0, DType.BF16),
            new LayerShape(160, 5, 1, 64, 352, 777, 40, DType.F16),
            new LayerShape(512, 16, 1, 128, 1024, 2048, 100, DType.BF16),
            new LayerShape(512, 24, 8, 128, 2048, 2048, 0, DType.F16),
            new LayerShape(256, 4, 2, 64, 13312, 1000, 0, DType.BF16),
            new LayerShape(3072, 4, 2, 64, 320, 1000, 0, DType.BF16));

    private static final List<LayerShape> CUBLAS_SHAPES = List.of(GPU_SHAPES.get(1), GPU_SHAPES.get(4));

    private static final LayerShape GPU_LONG = new LayerShape(256, 8, 2, 128, 320, 1000, 0, DType.BF16);

    private final String device;
    private final DeviceSettings settings;
    private final Consumer<Finding> listener;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * A doctor for {@code auto}, that is whatever this machine has, or for one kind of device.
     *
     * @param settings which GPU, and how many threads of the CPU
     * @param listener told each finding as it is made
     * @throws DeviceException if there is no such kind of device
     */
    public Doctor(String device, DeviceSettings settings, Consumer<Finding> listener) {
        if (!List.of(Devices.AUTO, CPU, CUDA).contains(device)) {
            throw new DeviceException("unknown device " + device + "; known are auto, cpu, cuda");
        }
        this.device = device;
        this.settings = settings;
        this.listener = listener;
    }

    /** Everything that can be looked at; what is wrong is a finding. */
    public List<Finding> run() {
        machine();
        if (!device.equals(CUDA)) {
            ceilings(factory(CPU));
            KernelChecks checks = new KernelChecks(
                    CPU, ReferenceDevice::new, limits -> factory(CPU).open(settings, limits), CPU_SIZES, this::add);
            CPU_SHAPES.forEach(checks::run);
        }
        if (!device.equals(CPU)) {
            gpu(GpuProbe.problem());
        }
        return List.copyOf(findings);
    }

    /** Whether nothing that was looked at is wrong. */
    public static boolean healthy(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> finding.status() == Status.FAIL);
    }

    private void machine() {
        add(Finding.info(
                MACHINE,
                "system",
                "%s %s %s"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch"))));
        add(Finding.info(MACHINE, "java", System.getProperty("java.vm.name") + " " + Runtime.version()));
        add(Finding.info(
                MACHINE,
                "cores, free memory",
                "%d, %s"
                        .formatted(
                                Runtime.getRuntime().availableProcessors(), gigabytes(HostMemory.availableBytes()))));
    }

    /** @param problem why there is no GPU to look at */
    void gpu(Optional<String> problem) {
        if (problem.isPresent()) {
            add(
                    device.equals(CUDA)
                            ? Finding.fail(CUDA, "device", problem.get())
                            : Finding.skip(CUDA, "device", problem.get()));
            return;
        }
        add(Finding.info(CUDA, "driver", "CUDA " + GpuProbe.version(GpuProbe.driverVersion())));
        for (GpuProbe.Gpu gpu : GpuProbe.gpus()) {
            add(Finding.info(
                    CUDA,
                    "GPU " + gpu.index(),
                    "%s, compute capability %s, %d multiprocessors, %s"
                            .formatted(
                                    gpu.name(), gpu.capabilityText(), gpu.multiprocessors(), gigabytes(gpu.bytes()))));
        }
        if (!ceilings(factory(CUDA))) {
            return;
        }
        KernelChecks checks = new KernelChecks(
                CUDA,
                limits -> factory(CPU).open(settings, limits),
                limits -> factory(CUDA).open(settings, limits),
                GPU_SIZES,
                this::add);
        GPU_SHAPES.forEach(checks::run);
        checks.runLong(GPU_LONG);
        cublas();
    }

    /** The same with cuBLAS wherever it can take a layer, if there is one. */
    void cublas() {
        String path = settings.cublas().path();
        Optional<String> found = GpuProbe.cublas(path);
        String nowhere = "none " + (path.isEmpty() ? "on the loader's path" : "at " + path) + "; it is not needed";
        add(Finding.info(CUDA, "cuBLAS", found.orElse(nowhere)));
        if (found.isPresent()) {
            DeviceSettings always = settings.with(new CublasSettings(CublasSettings.Use.ON, path));
            KernelChecks checks = new KernelChecks(
                    "cuBLAS",
                    limits -> factory(CPU).open(settings, limits),
                    limits -> factory(CUDA).open(always, limits),
                    CUBLAS_SIZES,
                    this::add);
            CUBLAS_SHAPES.forEach(checks::run);
        }
    }

    /** Whether the device could be measured. */
    private boolean ceilings(DeviceFactory factory) {
        long start = System.nanoTime();
        try {
            Ceilings ceilings = factory.ceilings(settings);
            String detail = String.format(
                    Locale.ROOT,
                    "read %.1f GB/s, copy %.1f GB/s, matmul %.2f TFLOP/s",
                    ceilings.readBytes() / 1e9,
                    ceilings.copyBytes() / 1e9,
                    ceilings.operations() / 1e12);
            OptionalDouble millis = OptionalDouble.of((System.nanoTime() - start) / 1e6);
            add(new Finding(factory.name(), "ceilings", Status.PASS, detail, OptionalDouble.empty(), millis));
            return true;
        } catch (DeviceException e) {
            add(Finding.fail(factory.name(), "ceilings", String.valueOf(e.getMessage())));
            return false;
        }
    }

    private static DeviceFactory factory(String name) {
        return Devices.find(name);
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / 0x1p30);
    }

    private void add(Finding finding) {
        findings.add(finding);
        listener.accept(finding);
    }
}
