package dev.vidda.protocol;

import java.util.List;
import java.util.Optional;

/**
 * A worker's counters at one moment.
 *
 * @param step steps since its start: it stands still when the worker hangs or idles
 * @param samples the latest steps since the last report, a bounded number
 * @param health absent for devices without sensors
 */
public record WorkerReport(
        String workerId,
        long step,
        WorkerState state,
        BlockCounts blocks,
        SequenceCounts sequences,
        TokenCounts tokens,
        List<StepSample> samples,
        LeaseChanges leases,
        Optional<DeviceHealth> health) {
    public WorkerReport {
        samples = List.copyOf(samples);
    }

    /** What a worker that has done nothing yet reports. */
    public static WorkerReport idle(String workerId) {
        return new WorkerReport(
                workerId,
                0,
                WorkerState.SERVING,
                BlockCounts.NONE,
                SequenceCounts.NONE,
                TokenCounts.NONE,
                List.of(),
                LeaseChanges.NONE,
                Optional.empty());
    }
}
