package dev.vidda.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a request must reach to count as served well.
 *
 * @param limits the most milliseconds of each named latency
 */
record Goodput(Map<Summary.Metric, Double> limits) {
    /** Any whole stream is good. */
    static final Goodput ANY = new Goodput(Map.of());

    Goodput {
        limits = Map.copyOf(limits);
    }

    /**
     * Reads limits as {@code vllm bench serve} writes them: {@code ttft:500 tpot:50 e2el:10000}.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    static Goodput parse(List<String> texts) {
        Map<Summary.Metric, Double> limits = new EnumMap<>(Summary.Metric.class);
        for (String text : texts) {
            String[] parts = text.split(":", 2);
            try {
                Summary.Metric metric = Summary.Metric.valueOf(parts[0].toUpperCase(Locale.ROOT));
                double limit = Double.parseDouble(parts[1]);
                if (metric == Summary.Metric.ITL || !(limit > 0)) {
                    throw new IllegalArgumentException(text);
                }
                limits.put(metric, limit);
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new IllegalArgumentException(
                        "'" + text + "' is no target such as ttft:500, tpot:50 or e2el:10000", e);
            }
        }
        return new Goodput(limits);
    }

    /** Whether a request was whole and reached all targets. */
    boolean isGood(Outcome outcome) {
        return outcome.isComplete()
                && limits.entrySet().stream().allMatch(limit -> {
                    OptionalDouble value = switch (limit.getKey()) {
                        case TTFT -> outcome.ttft();
                        case TPOT -> outcome.tpot();
                        case E2EL -> OptionalDouble.of(outcome.e2el());
                        case ITL -> OptionalDouble.empty();
                    };
                    return value.orElse(0) <= limit.getValue();
                });
    }
}
