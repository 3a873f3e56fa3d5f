package dev.vidda.simulator;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Outcomes as JSON. All texts in it are names that need no escapes but those of tenants, which traces choose. */
public final class JsonReport {
    private static final int DECIMALS = 3;

    private JsonReport() {}

    public static String of(List<Outcome> outcomes) {
        return outcomes.stream().map(JsonReport::one).collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n"));
    }

    private static String one(Outcome outcome) {
        return String.format(
                Locale.ROOT,
                "{\"trace\": \"%s\", \"policy\": \"%s\", \"interrupted\": %b, \"requests\": %d, \"ended\": %d, \"refused\": %d, \"good\": %d, "
                        + "\"good_per_second\": %.3f, \"ttft_ms\": %s, \"itl_ms\": %s, \"cached_share\": %.5f, "
                        + "\"steps\": %d, \"computed_tokens\": %d, \"preemptions\": %d, \"preempted_tokens\": %d, "
                        + "\"fairness\": %.5f, \"tenants\": %s, \"moments\": %s}",
                outcome.trace(),
                outcome.policy(),
                outcome.interrupted(),
                outcome.requests(),
                outcome.ended(),
                outcome.refused(),
                outcome.good(),
                outcome.goodPerSecond(),
                distribution(outcome.ttft()),
                distribution(outcome.itl()),
                outcome.cachedShare(),
                outcome.work().steps(),
                outcome.work().computedTokens(),
                outcome.work().preemptions(),
                outcome.work().preemptedTokens(),
                outcome.fairness(),
                tenants(outcome.shares()),
                moments(outcome.moments()));
    }

    private static String distribution(Outcome.Distribution each) {
        return String.format(
                Locale.ROOT,
                "{\"p50\": %s, \"p90\": %s, \"p99\": %s, \"mean\": %s}",
                Figures.json(each.p50(), DECIMALS),
                Figures.json(each.p90(), DECIMALS),
                Figures.json(each.p99(), DECIMALS),
                Figures.json(each.mean(), DECIMALS));
    }

    private static String tenants(Map<String, Long> shares) {
        return shares.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\": " + entry.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String moments(List<Outcome.Moment> moments) {
        return moments.stream()
                .map(moment -> String.format(
                        Locale.ROOT,
                        "[%.1f, %.4f, %d, %d]",
                        moment.seconds(),
                        moment.kvUse(),
                        moment.waiting(),
                        moment.endedTokens()))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
