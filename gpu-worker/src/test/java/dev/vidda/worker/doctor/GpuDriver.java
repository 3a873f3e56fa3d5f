package dev.vidda.worker.doctor;

import dev.vidda.worker.device.CublasSettings;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.Devices;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code vidda doctor --device cuda} without the rest of Vidda, for compute-sanitizer; with the argument {@code few}, at sizes few and
 * small enough for its slow tools, which still reach every kernel; {@code few 1} checks the second of its four shapes alone;
 * {@code cublas PATH}: the checks with the cuBLAS at that path alone.
 */
public final class GpuDriver {
    private static final KernelChecks.Sizes FEW =
            new KernelChecks.Sizes(1.5e-2, 300, new int[] {9, 40, 100, 300}, new int[] {2, 12, 40, 100}, 700, 0);

    private GpuDriver() {}

    public static void main(String[] args) {
        List<Finding> findings = new ArrayList<>();
        if (args.length > 0 && args[0].equals("few")) {
            KernelChecks checks = new KernelChecks(
                    "cuda",
                    limits -> Devices.find("cpu").open(DeviceSettings.DEFAULT, limits),
                    limits -> Devices.find("cuda").open(DeviceSettings.DEFAULT, limits),
                    FEW,
                    finding -> {
                        findings.add(finding);
                        System.out.println(finding);
                    });
            List<LayerShape> shapes =
                    IntStream.of(0, 3, 4, 5).mapToObj(Doctor.GPU_SHAPES::get).toList();
            (args.length == 1 ? shapes : List.of(shapes.get(Integer.parseInt(args[1])))).forEach(checks::run);
        } else if (args.length > 0 && args[0].equals("cublas")) {
            CublasSettings settings = new CublasSettings(CublasSettings.Use.OFF, args[1]);
            new Doctor("cuda", DeviceSettings.DEFAULT.with(settings), finding -> {
                        findings.add(finding);
                        System.out.println(finding);
                    })
                    .cublas();
        } else {
            findings.addAll(new Doctor("cuda", DeviceSettings.DEFAULT, System.out::println).run());
        }
        System.exit(Doctor.healthy(findings) ? 0 : 1);
    }
}
