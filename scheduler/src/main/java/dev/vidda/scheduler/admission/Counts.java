package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionCounts;
import dev.vidda.protocol.Refusal;
import java.util.EnumMap;
import java.util.Map;

/** What was decided so far. */
final class Counts {
    private final Map<Refusal.Reason, Long> refused = new EnumMap<>(Refusal.Reason.class);
    private long admitted;
    private long admittedAtOnce;
    private long passes;
    private long expiredLeases;
    private long preemptions;
    private long endedAnswers;
    private long expectedTokens;
    private long generatedTokens;

    void admitted(boolean atOnce) {
        admitted++;
        admittedAtOnce += atOnce ? 1 : 0;
    }

    void refused(Refusal.Reason reason) {
        refused.merge(reason, 1L, Long::sum);
    }

    void passed() {
        passes++;
    }

    void expired() {
        expiredLeases++;
    }

    void preempted(long times) {
        preemptions += times;
    }

    void answered(int expected, int generated) {
        endedAnswers++;
        expectedTokens += expected;
        generatedTokens += generated;
    }

    AdmissionCounts now() {
        return new AdmissionCounts(
                admitted,
                admittedAtOnce,
                refused,
                passes,
                expiredLeases,
                preemptions,
                endedAnswers,
                expectedTokens,
                generatedTokens);
    }
}
