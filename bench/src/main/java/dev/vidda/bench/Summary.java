package dev.vidda.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A run in numbers. Latencies are of complete streams, in milliseconds; rates are per second of the whole run, from the
 * first request's start to the last one's end.
 *
 * @param states how many requests ended in each state
 * @param reasons how often each reason for an end other than complete or abandoned occurred
 * @param messages what the server said about those
 * @param outputTokens of complete streams
 * @param peakOutputTokens the most tokens that came within one second of the run
 * @param good requests that reached all targets
 * @param right replies that ended with the expected answer, of {@code judged} complete ones
 */
record Summary(
        double seconds,
        Map<Outcome.State, Integer> states,
        Map<String, Integer> reasons,
        List<ErrorMessage> messages,
        long promptTokens,
        long outputTokens,
        long peakOutputTokens,
        int peakConcurrent,
        int right,
        int judged,
        int good,
        Map<Metric, Distribution> latencies) {
    private static final double NANOS = 1e9;

    /** The latencies of serving, under the names that {@code vllm bench serve} gives them. */
    enum Metric {
        TTFT("ttft", "Time to First Token"),
        TPOT("tpot", "Time per Output Token (excl. 1st token)"),
        ITL("itl", "Inter-token Latency"),
        E2EL("e2el", "End-to-end Latency");

        final String key;
        final String title;

        Metric(String key, String title) {
            this.key = key;
            this.title = title;
        }
    }

    static Summary of(List<Outcome> outcomes) {
        return of(outcomes, Goodput.ANY);
    }

    static Summary of(List<Outcome> outcomes, Goodput goodput) {
        List<Outcome> complete = outcomes.stream().filter(Outcome::isComplete).toList();
        long start = outcomes.stream().mapToLong(Outcome::startNanos).min().orElse(0);
        long end = outcomes.stream().mapToLong(Outcome::endNanos).max().orElse(0);
        Map<Outcome.State, Integer> states = new EnumMap<>(Outcome.State.class);
        Map<String, Integer> reasons = new TreeMap<>();
        for (Outcome outcome : outcomes) {
            states.merge(outcome.state(), 1, Integer::sum);
            if (!outcome.reason().isEmpty()) {
                reasons.merge(outcome.reason(), 1, Integer::sum);
            }
        }
        return new Summary(
                (end - start) / NANOS,
                states,
                reasons,
                ErrorMessage.of(outcomes),
                complete.stream().mapToLong(Outcome::promptTokens).sum(),
                complete.stream().mapToLong(Outcome::outputTokens).sum(),
                peakTokens(outcomes, start),
                peakConcurrent(outcomes),
                (int) complete.stream()
                        .filter(outcome -> outcome.right().orElse(false))
                        .count(),
                (int) complete.stream()
                        .filter(outcome -> outcome.right().isPresent())
                        .count(),
                (int) outcomes.stream().filter(goodput::isGood).count(),
                latencies(complete));
    }

    int count(Outcome.State state) {
        return states.getOrDefault(state, 0);
    }

    int completed() {
        return count(Outcome.State.COMPLETE);
    }

    int failed() {
        return count(Outcome.State.INCOMPLETE) + count(Outcome.State.REFUSED) + count(Outcome.State.FAILED);
    }

    double perSecond(double amount) {
        return seconds > 0 ? amount / seconds : 0;
    }

    Distribution latency(Metric metric) {
        return latencies.getOrDefault(metric, new Distribution(List.of()));
    }

    /** Share of right replies among those that were judged; 1 when none was. */
    double rightShare() {
        return judged == 0 ? 1 : (double) right / judged;
    }

    private static Map<Metric, Distribution> latencies(List<Outcome> complete) {
        Map<Metric, Distribution> latencies = new EnumMap<>(Metric.class);
        latencies.put(Metric.TTFT, distribution(complete, Outcome::ttft));
        latencies.put(Metric.TPOT, distribution(complete, Outcome::tpot));
        latencies.put(Metric.E2EL, distribution(complete, outcome -> OptionalDouble.of(outcome.e2el())));
        List<Double> gaps = new ArrayList<>();
        complete.forEach(outcome -> gaps.addAll(outcome.itl()));
        latencies.put(Metric.ITL, new Distribution(gaps));
        return latencies;
    }

    private static Distribution distribution(Collection<Outcome> complete, Function<Outcome, OptionalDouble> value) {
        return new Distribution(complete.stream()
                .map(value)
                .filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble)
                .toList());
    }

    private static long peakTokens(List<Outcome> outcomes, long start) {
        Map<Long, Long> bySecond = new HashMap<>();
        for (Outcome outcome : outcomes) {
            for (Outcome.Chunk chunk : outcome.chunks()) {
                bySecond.merge((long) ((chunk.nanos() - start) / NANOS), (long) chunk.tokens(), Long::sum);
            }
        }
        return bySecond.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private static int peakConcurrent(List<Outcome> outcomes) {
        TreeMap<Long, Integer> changes = new TreeMap<>();
        for (Outcome outcome : outcomes) {
            changes.merge(outcome.startNanos(), 1, Integer::sum);
            changes.merge(outcome.endNanos(), -1, Integer::sum);
        }
        int running = 0;
        int peak = 0;
        for (int change : changes.values()) {
            running += change;
            peak = Math.max(peak, running);
        }
        return peak;
    }
}
