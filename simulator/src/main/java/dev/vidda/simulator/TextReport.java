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
                    "%-10s %-15s %8d %7s %7.0f %8s %8s %9s %8s %8s %6.1f%% %7.3f%% %6.3f%s%n",
                    outcome.trace(),
                    outcome.policy(),
                    outcome.requests(),
                    Figures.text(Figures.goodPercent(outcome), 2),
                    outcome.goodPerSecond(),
                    Figures.text(outcome.ttft().p50(), 0),
                    Figures.text(outcome.ttft().p90(), 0),
                    Figures.text(outcome.ttft().p99(), 0),
                    Figures.text(outcome.itl().p50(), 1),
                    Figures.text(outcome.itl().p99(), 1),
                    100
                            * outcome.moments().stream()
                                    .mapToDouble(Outcome.Moment::kvUse)
                                    .max()
                                    .orElse(0),
                    100 * outcome.work().preemptedShare(),
                    outcome.fairness(),
                    outcome.interrupted() ? "  interrupted" : ""));
        }
        return text.toString();
    }
}
