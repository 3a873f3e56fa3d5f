package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.Tenant;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.protocol.kv.KvShape;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Measures decisions: so many workers, all full, so many requests waiting; then requests end and others come in turn.
 * Arguments: workers, waiting requests, seconds.
 */
public final class DecisionDriver {
    private static final int BLOCKS = 2_000;
    private static final int WARM_UP = 200_000;
    private static final int MOST_TIMES = 20_000_000;
    private static final int STEPS_PER_REPORT = 16;
    private static final int REPORT_ROUNDS = 60;

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    private final Admission admission =
            new Admission(Cards.rules(new SchedulerLimits(1_000_000, 1e6, 0, 0.9, 16, 500, 50, Map.of())));
    private final List<String> running = new ArrayList<>();
    private long now;
    private int asked;
    private long decisions;
    private long cpuNanos;
    private final ThreadMXBean thread = ManagementFactory.getThreadMXBean();

    private DecisionDriver() {}

    public static void main(String[] args) {
        new DecisionDriver().run(Integer.parseInt(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    }

    private void run(int workers, int waiting, int seconds) {
        for (int i = 0; i < workers; i++) {
            admission.join(card(i), List.of(), now);
        }
        while (asked - running.size() < waiting) {
            take(admission.admit(request(), 0, now));
        }
        System.out.printf("%d workers, %d leases, %d waiting%n", workers, running.size(), asked - running.size());
        long[] times = new long[MOST_TIMES];
        measure(times, WARM_UP, Long.MAX_VALUE);
        decisions = 0;
        cpuNanos = 0;
        long begin = System.nanoTime();
        int calls = measure(times, MOST_TIMES, begin + seconds * 1_000_000_000L);
        double elapsed = (System.nanoTime() - begin) / 1e9;
        Arrays.sort(times, 0, calls);
        System.out.printf(
                Locale.ROOT,
                "%d calls, %d decisions in %.1f s; %.0f decisions a second of processor time; a call p50 %.1f, p99 %.1f, p99.9 %.1f,"
                        + " max %.1f us%n",
                calls,
                decisions,
                elapsed,
                decisions / (cpuNanos / 1e9),
                times[calls / 2] / 1e3,
                times[(int) (calls * 0.99)] / 1e3,
                times[(int) (calls * 0.999)] / 1e3,
                times[calls - 1] / 1e3);
        reports(workers);
        admission.checkIntegrity();
    }

    /** Every worker reports as it does under load, with as many steps as a report holds. */
    private void reports(int workers) {
        List<StepSample> steps = new ArrayList<>();
        for (int i = 0; i < STEPS_PER_REPORT; i++) {
            steps.add(new StepSample(i % 4 == 0 ? 512 : 0, 0, 28, 28 * (300L + i), 8_000 + 100L * i));
        }
        long cpu = 0;
        int count = 0;
        for (int round = 0; round < REPORT_ROUNDS; round++) {
            for (int worker = 0; worker < workers; worker++) {
                WorkerReport report = new WorkerReport(
                        card(worker).workerId(),
                        round,
                        WorkerState.SERVING,
                        BlockCounts.NONE,
                        new SequenceCounts(28, 0, 0, 512),
                        TokenCounts.NONE,
                        steps,
                        LeaseChanges.NONE,
                        Optional.empty());
                now += 20_000;
                long began = thread.getCurrentThreadCpuTime();
                List<Decision> made = admission.report(report, now);
                cpu += thread.getCurrentThreadCpuTime() - began;
                count++;
                take(made);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d reports of %d steps each; %.0f a second of processor time%n",
                count,
                STEPS_PER_REPORT,
                count / (cpu / 1e9));
    }

    /** Requests end and come in turn; requests and the choice of who ends are made outside of the measured time. */
    private int measure(long[] times, int most, long until) {
        int calls = 0;
        while (calls + 2 <= most && System.nanoTime() < until) {
            now += 20_000;
            int index = random.nextInt(running.size());
            String ends = running.get(index);
            running.set(index, running.getLast());
            running.removeLast();
            long cpu = thread.getCurrentThreadCpuTime();
            long begin = System.nanoTime();
            List<Decision> freed = admission.release(ends, 200, now);
            times[calls++] = System.nanoTime() - begin;
            cpuNanos += thread.getCurrentThreadCpuTime() - cpu;
            take(freed);
            AdmissionRequest next = request();
            cpu = thread.getCurrentThreadCpuTime();
            begin = System.nanoTime();
            List<Decision> decided = admission.admit(next, 0, now);
            times[calls++] = System.nanoTime() - begin;
            cpuNanos += thread.getCurrentThreadCpuTime() - cpu;
            take(decided);
        }
        return calls;
    }

    private void take(List<Decision> made) {
        for (Decision decision : made) {
            decisions++;
            if (decision instanceof Decision.Granted granted) {
                running.add(granted.requestId());
            }
        }
    }

    private AdmissionRequest request() {
        int prompt = (int) Math.clamp(Math.exp(random.nextGaussian(5.5, 0.9)), 16, 8_000);
        long text = random.nextInt(4) == 0 ? random.nextInt(50) : 1_000L + asked;
        BlockHash[] hashes = new BlockHash[prompt / 16];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = new BlockHash(0, (text * 1_000 + i + 1) * 0x9E3779B97F4A7C15L);
        }
        return new AdmissionRequest(
                "request-" + asked++,
                "m",
                prompt,
                512,
                1,
                new Tenant("tenant-" + random.nextInt(20), 1 + random.nextInt(1), 0),
                ServiceClass.values()[random.nextInt(3)],
                false,
                new Patience(1 + asked, 0, 0, 50),
                List.of(),
                List.of(hashes));
    }

    private static WorkerCard card(int number) {
        KvShape shape = KvShape.grouped(36, 8, 128, 2, 0);
        return new WorkerCard(
                "w%05d".formatted(number), "m", "test", 262_144, shape, BLOCKS, 256, MemoryUse.UNKNOWN, "", 0);
    }
}
