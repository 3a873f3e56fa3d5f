package dev.vidda.protocol;

import java.util.Map;

/**
 * What a scheduler decided since its start.
 *
 * @param admitted requests that got a lease
 * @param admittedAtOnce those of them that never waited
 * @param refused requests that were not admitted, by reason
 * @param passes times a waiting request that did not fit was passed by a later one that did
 * @param expiredLeases leases that no worker began to serve in time
 * @param preemptions times a worker took a running sequence's blocks, as far as its reports say: the price of
 *     committing less than requests may come to need
 * @param endedAnswers answers whose length is known
 * @param expectedTokens output tokens that were expected of those answers, on average
 * @param generatedTokens output tokens that they really had
 */
public record AdmissionCounts(
        long admitted,
        long admittedAtOnce,
        Map<Refusal.Reason, Long> refused,
        long passes,
        long expiredLeases,
        long preemptions,
        long endedAnswers,
        long expectedTokens,
        long generatedTokens) {
    /** Before the first decision. */
    public static final AdmissionCounts NONE = new AdmissionCounts(0, 0, Map.of(), 0, 0, 0, 0, 0, 0);

    public AdmissionCounts {
        refused = Map.copyOf(refused);
    }
}
