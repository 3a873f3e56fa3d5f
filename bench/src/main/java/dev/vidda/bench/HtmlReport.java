package dev.vidda.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A summary with plots, as one HTML file without any other resource. */
final class HtmlReport {
    private static final double NANOS = 1e9;
    private static final int CURVE_POINTS = 200;
    private static final String STYLE =
            "body{font:14px system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}"
                    + "table{border-collapse:collapse;margin:0 2rem 1.5rem 0;display:inline-table;vertical-align:top}"
                    + ".f{color:#b42318}"
                    + "td,th{padding:.15rem .8rem;text-align:right;border-bottom:1px solid #ddd}td:first-child,td.m{text-align:left}"
                    + "svg{width:32rem;font:11px system-ui,sans-serif}.t{font-weight:600;font-size:13px}"
                    + ".g{stroke:#ddd}polyline{fill:none;stroke:#1f6feb;stroke-width:1.6}";

    private final LoadReport report;
    private final Summary summary;
    private final List<Outcome> outcomes;

    HtmlReport(LoadReport report, Summary summary, List<Outcome> outcomes) {
        this.report = report;
        this.summary = summary;
        this.outcomes = List.copyOf(outcomes);
    }

    String html() {
        StringBuilder html = new StringBuilder();
        html.append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Serving benchmark</title><style>")
                .append(STYLE)
                .append("</style><h1>Serving benchmark</h1><p>")
                .append(escaped(report.title()))
                .append("</p><table>\n");
        report.totals()
                .forEach(row -> html.append("<tr><td>%s</td><td>%s</td></tr>%n"
                        .formatted(escaped(row[0].replace(":", "")), escaped(row[1]))));
        html.append("</table>\n");
        List<List<String>> latencies = report.latencyTable();
        if (!latencies.isEmpty()) {
            html.append("<table><tr><th>").append(String.join("</th><th>", LoadReport.LATENCY_HEADS));
            html.append("</th></tr>\n");
            latencies.forEach(row -> html.append("<tr><td>")
                    .append(String.join("</td><td>", row))
                    .append("</td></tr>\n"));
            html.append("</table>\n");
        }
        appendFailures(html);
        html.append("<div>\n");
        plots().forEach(plot -> html.append(plot.svg()));
        html.append("</div>\n");
        return html.append("</html>\n").toString();
    }

    private void appendFailures(StringBuilder html) {
        List<LoadReport.Failure> failures = report.failures();
        if (failures.isEmpty()) {
            return;
        }
        html.append("<table class=\"f\"><tr><th>failure</th><th>requests</th><th>what the server said</th></tr>\n");
        for (LoadReport.Failure failure : failures) {
            html.append("<tr><td>%s</td><td>%d</td><td class=\"m\">%s</td></tr>%n"
                    .formatted(
                            escaped(failure.reason()),
                            failure.count(),
                            failure.messages().stream().map(HtmlReport::escaped).collect(Collectors.joining("<br>"))));
        }
        html.append("</table>\n");
    }

    private List<Plot> plots() {
        List<Plot> plots = new ArrayList<>();
        plots.add(new Plot("Output tokens a second", "s", "tokens/s", tokensBySecond()));
        plots.add(new Plot("Requests under way", "s", "requests", underWay()));
        for (Summary.Metric metric : Summary.Metric.values()) {
            if (summary.latency(metric).isEmpty()) {
                continue;
            }
            plots.add(new Plot(metric.title + ", distribution", "ms", "share of values", curve(metric)));
        }
        return plots;
    }

    private List<Plot.Point> curve(Summary.Metric metric) {
        Distribution values = summary.latency(metric);
        List<Plot.Point> points = new ArrayList<>();
        for (int i = 0; i <= CURVE_POINTS; i++) {
            double share = (double) i / CURVE_POINTS;
            points.add(new Plot.Point(values.percentile(100 * share), share));
        }
        return points;
    }

    private List<Plot.Point> tokensBySecond() {
        long start = start();
        TreeMap<Integer, Integer> bySecond = new TreeMap<>();
        outcomes.forEach(outcome -> outcome.chunks()
                .forEach(chunk ->
                        bySecond.merge((int) ((chunk.nanos() - start) / NANOS), chunk.tokens(), Integer::sum)));
        List<Plot.Point> points = new ArrayList<>();
        bySecond.forEach((second, tokens) -> points.add(new Plot.Point(second, tokens)));
        return points;
    }

    private List<Plot.Point> underWay() {
        long start = start();
        TreeMap<Long, Integer> changes = new TreeMap<>();
        for (Outcome outcome : outcomes) {
            changes.merge(outcome.startNanos(), 1, Integer::sum);
            changes.merge(outcome.endNanos(), -1, Integer::sum);
        }
        List<Plot.Point> points = new ArrayList<>();
        int running = 0;
        for (var change : changes.entrySet()) {
            double second = (change.getKey() - start) / NANOS;
            points.add(new Plot.Point(second, running));
            running += change.getValue();
            points.add(new Plot.Point(second, running));
        }
        return points;
    }

    private long start() {
        return outcomes.stream().mapToLong(Outcome::startNanos).min().orElse(0);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
