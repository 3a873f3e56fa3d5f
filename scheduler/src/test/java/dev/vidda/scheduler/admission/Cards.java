package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.Tenant;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.scheduler.queue.RetryAfter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Workers and requests for tests: blocks of 16 tokens, times in whole seconds. */
public final class Cards {
    public static final KvShape SHAPE = KvShape.grouped(2, 2, 8, 4, 0);
    public static final RetryAfter RETRY_AFTER =
            new RetryAfter(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofSeconds(30));
    /** All that a request can come to need is committed, and nobody passes another. */
    public static final SchedulerLimits LIMITS =
            new SchedulerLimits(1_000, 1_000, 0, 1, 0, Long.MAX_VALUE, 0, 0, Map.of());

    public static final AdmissionRules RULES = rules(LIMITS);

    private static final int LONG_CONTEXT = 1_000_000;

    private Cards() {}

    public static AdmissionRules rules(SchedulerLimits limits) {
        return new AdmissionRules(limits, RETRY_AFTER, Duration.ofSeconds(30), 1_000);
    }

    public static WorkerCard worker(String id, String model, int kvBlocks) {
        return worker(id, model, kvBlocks, LONG_CONTEXT);
    }

    public static WorkerCard worker(String id, String model, int kvBlocks, int maxModelLength) {
        return new WorkerCard(id, model, "test", maxModelLength, SHAPE, kvBlocks, 256, MemoryUse.UNKNOWN, "test", 0);
    }

    /** A request that needs exactly so many blocks: a prompt that fills them, and one new token. */
    public static AdmissionRequest request(String id, String model, int blocks) {
        return sized(id, model, 16 * blocks, 1, 1);
    }

    public static AdmissionRequest sized(String id, String model, int promptTokens, int maxNewTokens, int samples) {
        return new AdmissionRequest(
                id,
                model,
                promptTokens,
                maxNewTokens,
                samples,
                Tenant.ANYONE,
                ServiceClass.STANDARD,
                false,
                Patience.ENDLESS,
                List.of(),
                List.of());
    }

    /** A report of a worker from which times are learned: 10 ms a step, and 1 ms for each token of a prompt. */
    static WorkerReport learned(String workerId) {
        List<StepSample> steps = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            int tokens = 100 * (i % 5);
            steps.add(new StepSample(tokens, 0, i % 3, 0, 10_000 + 1_000L * tokens));
        }
        return new WorkerReport(
                workerId,
                1,
                WorkerState.SERVING,
                BlockCounts.NONE,
                SequenceCounts.NONE,
                TokenCounts.NONE,
                steps,
                LeaseChanges.NONE,
                Optional.empty());
    }

    public static long seconds(double seconds) {
        return (long) (seconds * 1e9);
    }

    /** The refusal that {@code decision} must be. */
    public static Refusal refusal(Decision decision) {
        if (decision instanceof Decision.Refused refused) {
            return refused.refusal();
        }
        throw new AssertionError("expected a refusal, was " + decision);
    }
}
