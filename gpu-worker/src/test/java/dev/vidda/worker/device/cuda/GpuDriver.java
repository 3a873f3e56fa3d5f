package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.doctor.Doctor;

/** {@code vidda doctor --device cuda} without the rest of Vidda, for a profiler or compute-sanitizer. */
public final class GpuDriver {
    private GpuDriver() {}

    public static void main(String[] args) {
        Doctor doctor = new Doctor("cuda", DeviceSettings.DEFAULT, System.out::println);
        System.exit(Doctor.healthy(doctor.run()) ? 0 : 1);
    }
}
