package dev.vidda.scheduler.admission;

import dev.vidda.protocol.FitAnswer;
import dev.vidda.protocol.FitQuestion;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import dev.vidda.protocol.WorkerCard;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is said to keep requests out is what does. Prompts take 1 ms for each of their tokens, and 10 ms a step. */
final class ShortageTest {
    private static final long MOST_PENDING = 500;

    private final Admission admission =
            new Admission(Cards.rules(new SchedulerLimits(1_000, 1_000, 0, 1, 16, MOST_PENDING, 0, 0, Map.of())));

    @Test
    void blocksAreNamedWhereTheyAreTheLimit() {
        learned("w", 20, 64);
        admission.admit(Cards.request("a", "m", 5), 0, 0);
        Refusal why = whyNot(160, 3, 0, 0);
        assertThat(why.message())
                .isEqualTo(
                        "1 of 3 requests fit now; 0 wait for model m; KV blocks on 1 of 1 (w: 5 of its 20 are free and not"
                                + " promised, one more needs 10)");
        assertThat(why.blocksNeeded()).isEqualTo(10);
    }

    @Test
    void sequencesAre() {
        learned("w", 1_000, 2);
        Refusal why = whyNot(16, 5, 0, 0);
        assertThat(why.message())
                .contains(
                        "2 of 5 requests fit now",
                        "sequences on 1 of 1 (w: it has 2 of at most 2 (vidda.worker.max-batch");
        assertThat(why.blocksNeeded()).isZero();
    }

    @Test
    void promptsAheadAre() {
        learned("w", 10_000, 64);
        Refusal why = whyNot(400, 20, 0, 0);
        assertThat(why.message())
                .containsPattern(
                        "prompts ahead on 1 of 1 \\(w: they take [0-9]{4} ms, but one more waits at most [0-9]{4} ms")
                .contains("vidda.scheduler.max-pending");
        assertThat(why.blocksNeeded()).isZero();
    }

    @Test
    void targetsAre() {
        learned("w", 10_000, 64);
        assertThat(whyNot(400, 2, 300, 0).message())
                .containsPattern("time to first token on 1 of 1 \\(w: one more would");
        admission.admit(Cards.sized("a", "m", 1, 100, 1), 0, 0);
        assertThat(whyNot(1, 2, 0, 1).message())
                .containsPattern("time between tokens on 1 of 1 \\(w: it would be [0-9.]+ ms");
    }

    @Test
    void workersOfEachKindAreCounted() {
        learned("w1", 20, 64);
        learned("w2", 5, 64);
        learned("w3", 1_000, 1);
        admission.admit(Cards.request("a", "m", 16), 0, 0);
        String message = whyNot(16, 50, 0, 0).message();
        assertThat(message)
                .contains(
                        "KV blocks on 1 of 3 (w2: 0 of its 5",
                        "sequences on 1 of 3 (w3: it has 1 of",
                        "prompts ahead on 1 of 3 (w1");
    }

    @Test
    void whoMustWaitBehindOthersIsToldSo() {
        Admission strict = new Admission(Cards.rules(Cards.LIMITS));
        strict.join(Cards.worker("w", "m", 20), List.of(), 0);
        strict.admit(Cards.request("running", "m", 10), 0, 0);
        strict.admit(Cards.request("large", "m", 20), 0, 0);
        FitQuestion one = new FitQuestion("m", 16, 1, 1, Tenant.ANYONE, ServiceClass.STANDARD, false);
        assertThat(strict.fit(one, 0).whyNot().orElseThrow().message())
                .isEqualTo(
                        "0 of 1 requests fit now; 1 wait for model m; workers that take nothing now on 1 of 1 (w: it is kept"
                                + " free for a request that waits)");
    }

    private Refusal whyNot(int prompt, int count, long ttft, long itl) {
        return fit(prompt, count, ttft, itl).whyNot().orElseThrow();
    }

    private FitAnswer fit(int prompt, int count, long ttft, long itl) {
        return admission.fit(
                new FitQuestion("m", prompt, 1, count, Tenant.ANYONE, ServiceClass.STANDARD, false, ttft, itl), 0);
    }

    private void learned(String id, int blocks, int sequences) {
        admission.join(
                new WorkerCard(
                        id, "m", "test", 1_000_000, Cards.SHAPE, blocks, sequences, MemoryUse.UNKNOWN, "test", 0),
                List.of(),
                0);
        admission.report(Cards.learned(id), 0);
    }
}
