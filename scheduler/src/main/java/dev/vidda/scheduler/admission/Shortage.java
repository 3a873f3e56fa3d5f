package dev.vidda.scheduler.admission;

import dev.vidda.scheduler.ledger.Claim;
import dev.vidda.scheduler.placement.Work;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a worker lacks for one more request: the first of the rules of {@link Worker#fits} that says no, in the order in which they
 * are asked there.
 *
 * @param words with the limit and the value
 */
record Shortage(Limit limit, String words) {
    /** What there is too little of. */
    enum Limit {
        BLOCKS("KV blocks"),
        SEQUENCES("sequences"),
        PENDING("prompts ahead"),
        PACE("time between tokens"),
        FIRST_TOKEN("time to first token"),
        CLOSED("workers that take nothing now");

        private final String label;

        Limit(String label) {
            this.label = label;
        }
    }

    /** Of a worker in that state, which may be one that it would be in later. */
    static Shortage of(Worker worker, Demand demand, Work work, Worker.State state, Now now) {
        if (!worker.isOpenTo(demand)) {
            String why = worker.takesRequestsNow()
                    ? "it is kept free for a request that waits"
                    : "it has not reported for a while, or drains";
            return new Shortage(Limit.CLOSED, why);
        }
        Claim claim = demand.claim(worker.card().kvShape());
        int needed = Math.min(claim.blocks(), worker.account().needed(claim));
        if (needed > state.freeBlocks()) {
            return new Shortage(
                    Limit.BLOCKS,
                    "%d of its %d are free and not promised, one more needs %d"
                            .formatted(
                                    Math.max(0, state.freeBlocks()),
                                    worker.card().kvBlocks(),
                                    needed));
        }
        if (state.leases() > 0) {
            int sequences = state.load().sequences();
            if (sequences + work.sequences() > worker.card().maxSequences()) {
                return new Shortage(
                        Limit.SEQUENCES,
                        "it has %d of at most %d (vidda.worker.max-batch-sequences), one more has %d"
                                .formatted(sequences, worker.card().maxSequences(), work.sequences()));
            }
            double wait = state.load().waitMillis(work.computedTokens(), now.millis());
            double most = state.load().mostWaitMillis(work, now.pendingMillis());
            if (wait > most) {
                return new Shortage(
                        Limit.PENDING,
                        "they take %.0f ms, but one more waits at most %.0f ms (vidda.scheduler.max-pending, or eight times its own)"
                                .formatted(wait, most));
            }
            if (demand.waitsForPace() && !state.load().keepsPace(work)) {
                return new Shortage(
                        Limit.PACE,
                        "it would be %.1f ms with one more, longer than somebody's target"
                                .formatted(state.load().tokenMillis(work)));
            }
        }
        return new Shortage(
                Limit.FIRST_TOKEN,
                "one more would have it after %.0f ms".formatted(state.load().firstTokenMillis(work, now.millis())));
    }

    /** The time, and how long any request may wait behind the prompts of others. */
    record Now(double millis, long pendingMillis) {}

    /**
     * All limits, the most frequent kind of it with the numbers of the first worker that has it.
     *
     * @param workers those that lack something, by id
     */
    static String inWords(Map<String, Shortage> workers) {
        Map<Limit, Integer> counts = new EnumMap<>(Limit.class);
        Map<Limit, String> examples = new EnumMap<>(Limit.class);
        workers.forEach((id, shortage) -> {
            counts.merge(shortage.limit(), 1, Integer::sum);
            examples.putIfAbsent(shortage.limit(), id + ": " + shortage.words());
        });
        List<String> parts = new ArrayList<>();
        counts.forEach((limit, count) ->
                parts.add("%s on %d of %d (%s)".formatted(limit.label, count, workers.size(), examples.get(limit))));
        return String.join("; ", parts);
    }
}
