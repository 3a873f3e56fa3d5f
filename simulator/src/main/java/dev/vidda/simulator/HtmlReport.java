package dev.vidda.simulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Outcomes as one page with plots, that needs nothing but itself. */
public final class HtmlReport {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>Vidda: simulation</title>
            <style>
            body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1c2430; background: #fff; }
            table { border-collapse: collapse; margin: 1rem 0; }
            th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid #dde3ea; }
            th:first-child, td:first-child { text-align: left; }
            .plots { display: flex; flex-wrap: wrap; gap: 1.5rem; }
            figure { margin: 0; }
            figcaption { font-weight: 600; margin-bottom: .3rem; }
            @media (prefers-color-scheme: dark) {
              body { color: #dfe5ee; background: #14181e; } th, td { border-color: #333b46; } svg text { fill: #dfe5ee; }
            }
            </style>
            </head>
            <body>
            <h1>Simulation</h1>
            <p>An answer is good if its first token came within a second and the next ones at most 50 ms apart on average.</p>
            """;

    private HtmlReport() {}

    public static String of(List<Outcome> outcomes) {
        Map<String, List<Outcome>> byTrace = new LinkedHashMap<>();
        outcomes.forEach(outcome -> byTrace.computeIfAbsent(outcome.trace(), any -> new ArrayList<>())
                .add(outcome));
        StringBuilder page = new StringBuilder(HEAD);
        byTrace.forEach((trace, each) -> section(page, trace, each));
        return page.append("</body>\n</html>\n").toString();
    }

    private static void section(StringBuilder page, String trace, List<Outcome> outcomes) {
        page.append("<h2>").append(escaped(trace)).append("</h2>\n");
        table(page, outcomes);
        page.append("<div class=\"plots\">\n");
        bars(page, "Good answers a second", outcomes, Outcome::goodPerSecond);
        bars(page, "Good answers, %", outcomes, Figures::goodPercent);
        bars(
                page,
                "Time to first token, p90, ms",
                outcomes,
                outcome -> outcome.ttft().p90());
        bars(
                page,
                "Time between tokens, p99 of requests, ms",
                outcomes,
                outcome -> outcome.itl().p99());
        bars(
                page,
                "Tokens computed anew, %",
                outcomes,
                outcome -> 100 * outcome.work().preemptedShare());
        bars(page, "Fairness index", outcomes, Outcome::fairness);
        lines(page, "KV blocks in use, %", outcomes, moment -> 100 * moment.kvUse());
        lines(page, "Requests held back", outcomes, Outcome.Moment::waiting);
        page.append("</div>\n");
    }

    private static void table(StringBuilder page, List<Outcome> outcomes) {
        page.append(
                "<table><tr><th>policy</th><th>requests</th><th>good %</th><th>good/s</th><th>TTFT, ms: p50</th><th>p90</th>"
                        + "<th>p99</th><th>ITL, ms: p50</th><th>p99</th><th>cached %</th><th>preempted %</th><th>fairness</th></tr>\n");
        for (Outcome each : outcomes) {
            page.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%s</td><td>%d</td><td>%s</td><td>%.0f</td><td>%s</td><td>%s</td><td>%s</td>"
                            + "<td>%s</td><td>%s</td><td>%.1f</td><td>%.3f</td><td>%.3f</td></tr>%n",
                    escaped(each.policy()) + (each.interrupted() ? ", interrupted" : ""),
                    each.requests(),
                    Figures.text(Figures.goodPercent(each), 2),
                    each.goodPerSecond(),
                    Figures.text(each.ttft().p50(), 0),
                    Figures.text(each.ttft().p90(), 0),
                    Figures.text(each.ttft().p99(), 0),
                    Figures.text(each.itl().p50(), 1),
                    Figures.text(each.itl().p99(), 1),
                    100 * each.cachedShare(),
                    100 * each.work().preemptedShare(),
                    each.fairness()));
        }
        page.append("</table>\n");
    }

    private static void bars(
            StringBuilder page, String title, List<Outcome> outcomes, ToDoubleFunction<Outcome> value) {
        List<Plot.Bar> bars = outcomes.stream()
                .filter(outcome -> !Double.isNaN(value.applyAsDouble(outcome)))
                .map(outcome -> new Plot.Bar(escaped(outcome.policy()), value.applyAsDouble(outcome)))
                .toList();
        figure(page, title, Plot.bars(bars));
    }

    private static void lines(
            StringBuilder page, String title, List<Outcome> outcomes, ToDoubleFunction<Outcome.Moment> value) {
        List<Plot.Line> lines = outcomes.stream()
                .map(outcome -> new Plot.Line(
                        escaped(outcome.policy()),
                        outcome.moments().stream()
                                .map(moment -> new Plot.Point(moment.seconds(), value.applyAsDouble(moment)))
                                .toList()))
                .toList();
        figure(page, title, Plot.lines(lines));
    }

    private static void figure(StringBuilder page, String title, String svg) {
        page.append("<figure><figcaption>")
                .append(escaped(title))
                .append("</figcaption>")
                .append(svg)
                .append("</figure>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
