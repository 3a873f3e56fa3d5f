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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a decision costs when all workers are full and many requests wait; see {@code tools/bench/decisions.sh}. */
@State(Scope.Thread)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-Xms2g", "-Xmx2g", "-XX:+UseCompactObjectHeaders"})
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 10, time = 2)
public class DecisionBenchmark {
    private static final int BLOCKS = 2_000;
    private static final int STEPS_PER_REPORT = 16;
    private static final long MICROS_APART = 20_000;

    /** The request that comes next, made before it is measured what becomes of it. */
    @State(Scope.Thread)
    public static class Next {
        private @Nullable AdmissionRequest request;

        /** As a request is when it comes from a gateway: new, and known to nobody. */
        @Setup(Level.Invocation)
        public void make(DecisionBenchmark made) {
            request = made.request();
        }
    }

    /** Counted beside the operations. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Made {
        /** Grants, queue positions and refusals. */
        public long decisions;
    }

    @Param("1000")
    int workers;

    @Param("10000")
    int waiting;

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    private final Admission admission =
            new Admission(Cards.rules(new SchedulerLimits(1_000_000, 1e6, 0, 0.9, 16, 500, 50, 1_000, Map.of())));
    private final List<String> running = new ArrayList<>();
    private final List<StepSample> steps = new ArrayList<>();
    private long now;
    private int asked;
    private int reports;

    /** Fills the workers and the queue. */
    @Setup(Level.Trial)
    public void fill() {
        for (int i = 0; i < workers; i++) {
            admission.join(card(i), List.of(), now);
        }
        while (asked - running.size() < waiting) {
            take(admission.admit(request(), 0, now));
        }
        for (int i = 0; i < STEPS_PER_REPORT; i++) {
            steps.add(new StepSample(i % 4 == 0 ? 512 : 0, 0, 28, 28 * (300L + i), 8_000 + 100L * i));
        }
    }

    /** Checks the books after all that. */
    @TearDown(Level.Trial)
    public void check() {
        admission.checkIntegrity();
    }

    /** A request ends, which lets others run, and another one comes. */
    @Benchmark
    @BenchmarkMode({Mode.Throughput, Mode.SampleTime})
    public void endAndCome(Next next, Made made) {
        endAndCome(Objects.requireNonNull(next.request), made);
    }

    /** The same, and making the request is measured, too, with whatever its memory costs. */
    @Benchmark
    @BenchmarkMode({Mode.Throughput, Mode.SampleTime})
    public void makeEndAndCome(Made made) {
        endAndCome(request(), made);
    }

    private void endAndCome(AdmissionRequest next, Made made) {
        now += MICROS_APART;
        made.decisions += take(admission.release(endOne(), 200, now));
        made.decisions += take(admission.admit(next, 0, now));
    }

    /** A worker reports as it does under load, with as many steps as a report holds. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    public int report() {
        now += MICROS_APART;
        WorkerReport report = new WorkerReport(
                card(reports % workers).workerId(),
                reports++ / workers,
                WorkerState.SERVING,
                BlockCounts.NONE,
                new SequenceCounts(28, 0, 0, 512),
                TokenCounts.NONE,
                steps,
                LeaseChanges.NONE,
                Optional.empty());
        return take(admission.report(report, now));
    }

    private String endOne() {
        int index = random.nextInt(running.size());
        String ends = running.get(index);
        running.set(index, running.getLast());
        running.removeLast();
        return ends;
    }

    private int take(List<Decision> made) {
        for (Decision decision : made) {
            if (decision instanceof Decision.Granted granted) {
                running.add(granted.requestId());
            }
        }
        return made.size();
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
