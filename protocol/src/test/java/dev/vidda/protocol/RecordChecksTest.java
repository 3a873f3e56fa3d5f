package dev.vidda.protocol;

import dev.vidda.protocol.kv.KvShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** A message that makes no sense cannot be built, so none arrives. */
final class RecordChecksTest {
    @Test
    void aRequestForAdmissionHasAPromptAnOutputAndASample() {
        refuses("promptTokens must be at least 1, was 0", () -> admission(0, 1, 1));
        refuses("maxNewTokens must be at least 1, was -1", () -> admission(1, -1, 1));
        refuses("samples must be at least 1, was 0", () -> admission(1, 1, 0));
    }

    @Test
    void aGenerationHasAPromptAndASample() {
        Sampling greedy = Sampling.greedy(1, List.of());
        refuses("the prompt of request r is empty", () -> new GenerationRequest("r", TokenIds.EMPTY, 1, greedy, ""));
        refuses("samples must be at least 1, was 0", () -> new GenerationRequest("r", TokenIds.of(1), 0, greedy, ""));
    }

    @Test
    void aWorkerHasBlocksAndAContext() {
        KvShape shape = KvShape.grouped(1, 1, 1, 1, 0);
        refuses(
                "maxModelLength must be at least 1, was 0",
                () -> new WorkerCard("w", "m", "cpu", 0, shape, 1, 1, MemoryUse.UNKNOWN, "", 0));
        refuses(
                "kvBlocks must be at least 1, was 0",
                () -> new WorkerCard("w", "m", "cpu", 1, shape, 0, 1, MemoryUse.UNKNOWN, "", 0));
    }

    @Test
    void limitsStayWithinTheirBounds() {
        refuses("waitingRequests must not be negative, was -1", () -> limits(-1, 1, 0, 1, 0, 1, 0, 2));
        refuses("waitingPools must be at least 1, was 0.5", () -> limits(0, 0.5, 0, 1, 0, 1, 0, 2));
        refuses("longestWaitMillis must not be negative, was -1", () -> limits(0, 1, -1, 1, 0, 1, 0, 2));
        refuses("outputQuantile must be in (0, 1], was 0.0", () -> limits(0, 1, 0, 0, 0, 1, 0, 2));
        refuses("outputQuantile must be in (0, 1], was NaN", () -> limits(0, 1, 0, Double.NaN, 0, 1, 0, 2));
        refuses("mostPasses must not be negative, was -1", () -> limits(0, 1, 0, 1, -1, 1, 0, 2));
        refuses("pendingMillis must be at least 1, was 0", () -> limits(0, 1, 0, 1, 0, 0, 0, 2));
        refuses("itlTargetMillis must not be negative, was -1", () -> limits(0, 1, 0, 1, 0, 1, -1, 2));
        refuses(
                "softTtftTargetMillis must not be negative, was -1",
                () -> new SchedulerLimits(0, 1, 0, 1, 0, 1, 0, -1, Map.of()));
        refuses("the longest context of m must be at least 2, was 1", () -> limits(0, 1, 0, 1, 0, 1, 0, 1));
    }

    @Test
    void aQuestionAboutNothingIsNone() {
        refuses("promptTokens must be at least 1, was 0", () -> question(0, 1, 1));
        refuses("maxTokens must be at least 1, was 0", () -> question(1, 0, 1));
        refuses("count must be at least 1, was 0", () -> question(1, 1, 0));
    }

    private static FitQuestion question(int promptTokens, int maxTokens, int count) {
        return new FitQuestion("m", promptTokens, maxTokens, count, Tenant.ANYONE, ServiceClass.STANDARD, false);
    }

    private static SchedulerLimits limits(
            int requests, double pools, long wait, double quantile, int passes, long pending, long itl, int context) {
        return new SchedulerLimits(requests, pools, wait, quantile, passes, pending, itl, 0, Map.of("m", context));
    }

    @Test
    void samplingParametersStayWithinTheirBounds() {
        float nan = Float.NaN;
        refuses("temperature must be finite and >= 0, was -0.1", () -> sampling(-0.1f, 0, 1, 0, 1, 0, 0, 0, 1, -1));
        refuses("temperature must be finite and >= 0, was NaN", () -> sampling(nan, 0, 1, 0, 1, 0, 0, 0, 1, -1));
        refuses("topK must be >= 0, was -1", () -> sampling(1, -1, 1, 0, 1, 0, 0, 0, 1, -1));
        refuses("topP must be in (0, 1], was 0.0", () -> sampling(1, 0, 0, 0, 1, 0, 0, 0, 1, -1));
        refuses("minP must be in [0, 1], was 1.5", () -> sampling(1, 0, 1, 1.5f, 1, 0, 0, 0, 1, -1));
        refuses("repetitionPenalty must be finite and > 0, was 0.0", () -> sampling(1, 0, 1, 0, 0, 0, 0, 0, 1, -1));
        refuses("presencePenalty must be finite, was NaN", () -> sampling(1, 0, 1, 0, 1, nan, 0, 0, 1, -1));
        refuses("frequencyPenalty must be finite, was NaN", () -> sampling(1, 0, 1, 0, 1, 0, nan, 0, 1, -1));
        refuses("minTokens must be >= 0, was -1", () -> sampling(1, 0, 1, 0, 1, 0, 0, -1, 1, -1));
        refuses("maxTokens must be >= 1, was 0", () -> sampling(1, 0, 1, 0, 1, 0, 0, 0, 0, -1));
        refuses("topLogprobs must be >= -1, was -2", () -> sampling(1, 0, 1, 0, 1, 0, 0, 0, 1, -2));
    }

    @Test
    void logProbabilitiesMatchTheirTokens() {
        TokenLogprobs one = new TokenLogprobs(-1f, TokenIds.EMPTY, List.of());
        refuses("1 top tokens but 0 log probabilities", () -> new TokenLogprobs(-1f, TokenIds.of(1), List.of()));
        refuses(
                "2 tokens but 1 log probabilities",
                () -> new TokenDelta("r", 0, 0, TokenIds.of(1, 2), List.of(one), Optional.empty()));
    }

    @Test
    void aMessageKeepsItsListsWhenTheSenderChangesHis() {
        List<TokenDelta> deltas = new ArrayList<>();
        TokenFrame frame = new TokenFrame("w", 0, deltas);
        deltas.add(new TokenDelta("r", 0, 0, TokenIds.of(1), List.of(), Optional.empty()));
        assertThat(frame.deltas()).isEmpty();
    }

    private static void refuses(String message, ThrowingCallable construction) {
        assertThatIllegalArgumentException().isThrownBy(construction).withMessage(message);
    }

    private static AdmissionRequest admission(int promptTokens, int maxNewTokens, int samples) {
        return new AdmissionRequest(
                "r",
                "m",
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

    private static Sampling sampling(
            float temperature,
            int topK,
            float topP,
            float minP,
            float repetition,
            float presence,
            float frequency,
            int minTokens,
            int maxTokens,
            int topLogprobs) {
        return new Sampling(
                temperature,
                topK,
                topP,
                minP,
                repetition,
                presence,
                frequency,
                Map.of(),
                0,
                List.of(),
                minTokens,
                maxTokens,
                topLogprobs);
    }
}
