package dev.vidda.simulator;

import java.util.List;
import java.util.Locale;

/** Outcomes as a table for people. */
public final class TextReport {
    private TextReport() {}

    public static String of(List<Outcome> outcomes) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%-10s %-15s %8s %7s %7s %8s %8s %9s %8s %8s %7s %8s %6s%n",
                "trace",
                "policy",
                "requests",
                "good %",
                "good/s",
                "ttft p50",
                "ttft p90",
                "ttft p99",
                "itl p50",
                "itl p99",
                "kv max",
                "preempt",
                "fair"));
        for (Outcome outcome : outcomes) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-10s %-15s %8d %7.2f %7.0f %8.0f %8.0f %9.0f %8.1f %8.1f %6.1f%% %7.3f%% %6.3f%n",
                    outcome.trace(),
                    outcome.policy(),
                    outcome.requests(),
                    100 * outcome.attainment(),
                    outcome.goodPerSecond(),
                    outcome.ttft().p50(),
                    outcome.ttft().p90(),
                    outcome.ttft().p99(),
                    outcome.itl().p50(),
                    outcome.itl().p99(),
                    100
                            * outcome.moments().stream()
                                    .mapToDouble(Outcome.Moment::kvUse)
                                    .max()
                                    .orElse(0),
                    100 * outcome.work().preemptedShare(),
                    outcome.fairness()));
        }
        return text.toString();
    }
}
