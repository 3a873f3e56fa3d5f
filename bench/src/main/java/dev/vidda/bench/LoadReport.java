package dev.vidda.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** A summary for people (text, Markdown) and for programs (JSON), with the names of {@code vllm bench serve}. */
final class LoadReport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Integer> PERCENTILES = List.of(50, 90, 95, 99);
    /** What the columns of {@link #latencyTable} are. */
    static final List<String> LATENCY_HEADS = List.of("ms", "mean", "std", "P50", "P90", "P95", "P99");

    private static final int WIDTH = 50;
    private static final int LABEL = 40;
    /** Of one reason, in reports for people. */
    private static final int MOST_MESSAGES = 5;

    private final String title;
    private final Summary summary;
    private final OptionalInt leftOut;

    /**
     * Of a run.
     *
     * @param title what was run, in one line: the server, the model and the pace
     * @param leftOut requests that were under way when somebody interrupted the run; empty if nobody did
     */
    LoadReport(String title, Summary summary, OptionalInt leftOut) {
        this.title = title;
        this.summary = summary;
        this.leftOut = leftOut;
    }

    String title() {
        return title;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(title).append('\n').append(rule(" Serving Benchmark Result ", '='));
        totals().forEach(row -> text.append(line(row[0], row[1])));
        for (Summary.Metric metric : measured()) {
            text.append(rule(metric.title, '-'));
            latencies(metric).forEach(row -> text.append(line(row[0], row[1])));
        }
        if (!summary.reasons().isEmpty()) {
            text.append(rule("Failures", '-'));
            failures()
                    .forEach(failure -> text.append(line(failure.reason() + ":", Integer.toString(failure.count())))
                            .append(failure.messages().stream()
                                    .map(message -> "  " + message + "\n")
                                    .collect(Collectors.joining())));
        }
        return text.append("=".repeat(WIDTH)).append('\n').toString();
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("# Serving benchmark\n\n").append(title).append("\n\n| | |\n|---|---:|\n");
        totals().forEach(row -> text.append("| %s | %s |%n".formatted(row[0].replace(":", ""), row[1])));
        if (!measured().isEmpty()) {
            text.append("\n| ")
                    .append(String.join(" | ", LATENCY_HEADS))
                    .append(" |\n|---|---:|---:|---:|---:|---:|---:|\n");
            latencyTable()
                    .forEach(cells ->
                            text.append("| ").append(String.join(" | ", cells)).append(" |\n"));
        }
        if (!summary.reasons().isEmpty()) {
            text.append("\n| failure | requests | what the server said |\n|---|---:|---|\n");
            failures()
                    .forEach(failure -> text.append("| %s | %d | %s |%n"
                            .formatted(
                                    cell(failure.reason()),
                                    failure.count(),
                                    failure.messages().stream()
                                            .map(LoadReport::cell)
                                            .collect(Collectors.joining("<br>")))));
        }
        return text.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }

    /**
     * A way to fail.
     *
     * @param messages what the server said, with the number of requests it said that to
     */
    record Failure(String reason, int count, List<String> messages) {}

    /** All ways to fail, for people: of many different messages only the most frequent ones. */
    List<Failure> failures() {
        List<Failure> failures = new ArrayList<>();
        summary.reasons().forEach((reason, count) -> {
            List<ErrorMessage> all = summary.messages().stream()
                    .filter(message -> message.reason().equals(reason))
                    .toList();
            List<String> shown = new ArrayList<>();
            all.stream().limit(MOST_MESSAGES).forEach(each -> shown.add(each.count() + " x " + each.message()));
            if (all.size() > MOST_MESSAGES) {
                int rest = all.stream()
                        .skip(MOST_MESSAGES)
                        .mapToInt(ErrorMessage::count)
                        .sum();
                shown.add("%d x %d other messages".formatted(rest, all.size() - MOST_MESSAGES));
            }
            failures.add(new Failure(reason, count, shown));
        });
        return failures;
    }

    String json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("title", title);
        root.put("interrupted", leftOut.isPresent());
        root.put("under_way_at_interruption", leftOut.orElse(0));
        root.put("duration", summary.seconds());
        root.put("completed", summary.completed());
        root.put("failed", summary.failed());
        root.put("abandoned", summary.count(Outcome.State.ABANDONED));
        root.put("incomplete", summary.count(Outcome.State.INCOMPLETE));
        root.put("refused", summary.count(Outcome.State.REFUSED));
        root.put("total_input_tokens", summary.promptTokens());
        root.put("total_output_tokens", summary.outputTokens());
        root.put("request_throughput", summary.perSecond(summary.completed()));
        root.put("request_goodput", summary.perSecond(summary.good()));
        root.put("output_throughput", summary.perSecond(summary.outputTokens()));
        root.put("total_token_throughput", summary.perSecond(summary.promptTokens() + summary.outputTokens()));
        root.put("max_output_tokens_per_s", summary.peakOutputTokens());
        root.put("max_concurrent_requests", summary.peakConcurrent());
        root.put("judged", summary.judged());
        root.put("right", summary.right());
        for (Summary.Metric metric : Summary.Metric.values()) {
            Distribution values = summary.latency(metric);
            put(root, "mean_%s_ms".formatted(metric.key), values.mean());
            put(root, "median_%s_ms".formatted(metric.key), values.percentile(50));
            put(root, "std_%s_ms".formatted(metric.key), values.standardDeviation());
            PERCENTILES.forEach(
                    percent -> put(root, "p%d_%s_ms".formatted(percent, metric.key), values.percentile(percent)));
        }
        ObjectNode errors = root.putObject("errors");
        for (Map.Entry<String, Integer> reason : summary.reasons().entrySet()) {
            errors.put(reason.getKey(), reason.getValue());
        }
        ArrayNode messages = root.putArray("error_messages");
        summary.messages()
                .forEach(each -> messages.addObject()
                        .put("error", each.reason())
                        .put("message", each.message())
                        .put("count", each.count()));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of numbers and texts can be written", e);
        }
    }

    private static void put(ObjectNode object, String name, double value) {
        if (Double.isNaN(value)) {
            object.putNull(name);
        } else {
            object.put(name, value);
        }
    }

    /** What was measured of each latency, in the order of {@link #LATENCY_HEADS}. */
    List<List<String>> latencyTable() {
        List<List<String>> rows = new ArrayList<>();
        for (Summary.Metric metric : measured()) {
            Distribution values = summary.latency(metric);
            List<String> cells = new ArrayList<>(List.of(metric.name(), number(values.mean())));
            cells.add(number(values.standardDeviation()));
            PERCENTILES.forEach(percent -> cells.add(number(values.percentile(percent))));
            rows.add(cells);
        }
        return rows;
    }

    /** Without those that no request has: a mean of nothing is not 0. */
    private List<Summary.Metric> measured() {
        return Arrays.stream(Summary.Metric.values())
                .filter(metric -> !summary.latency(metric).isEmpty())
                .toList();
    }

    /** Counts and rates as labels and values. */
    List<String[]> totals() {
        List<String[]> rows = new ArrayList<>();
        if (leftOut.isPresent()) {
            rows.add(new String[] {"Interrupted, streams left out:", Integer.toString(leftOut.getAsInt())});
        }
        rows.add(row("Successful requests:", summary.completed()));
        rows.add(row("Failed requests:", summary.failed()));
        rows.add(row("Incomplete streams:", summary.count(Outcome.State.INCOMPLETE)));
        rows.add(row("Abandoned streams:", summary.count(Outcome.State.ABANDONED)));
        if (summary.judged() > 0) {
            rows.add(new String[] {"Right answers:", summary.right() + " of " + summary.judged()});
        }
        rows.add(row("Benchmark duration (s):", summary.seconds()));
        rows.add(row("Total input tokens:", summary.promptTokens()));
        rows.add(row("Total generated tokens:", summary.outputTokens()));
        rows.add(row("Request throughput (req/s):", summary.perSecond(summary.completed())));
        rows.add(row("Request goodput (req/s):", summary.perSecond(summary.good())));
        rows.add(row("Output token throughput (tok/s):", summary.perSecond(summary.outputTokens())));
        rows.add(row("Peak output token throughput (tok/s):", summary.peakOutputTokens()));
        rows.add(row("Peak concurrent requests:", summary.peakConcurrent()));
        double total = summary.promptTokens() + summary.outputTokens();
        rows.add(row("Total token throughput (tok/s):", summary.perSecond(total)));
        if (measured().isEmpty()) {
            rows.add(new String[] {"Latencies:", "none measured"});
        }
        return rows;
    }

    private List<String[]> latencies(Summary.Metric metric) {
        Distribution values = summary.latency(metric);
        List<String[]> rows = new ArrayList<>();
        rows.add(row("Mean %s (ms):".formatted(metric.name()), values.mean()));
        rows.add(row("Median %s (ms):".formatted(metric.name()), values.percentile(50)));
        for (int percent : PERCENTILES) {
            rows.add(row("P%d %s (ms):".formatted(percent, metric.name()), values.percentile(percent)));
        }
        return rows;
    }

    private static String[] row(String label, long value) {
        return new String[] {label, Long.toString(value)};
    }

    private static String[] row(String label, double value) {
        return new String[] {label, number(value)};
    }

    private static String number(double value) {
        return number(value, 2);
    }

    /** With so many decimals; a dash if nothing was measured. */
    static String number(double value, int decimals) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private static String line(String label, String value) {
        return ("%-" + LABEL + "s%" + (WIDTH - LABEL) + "s%n").formatted(label, value);
    }

    private static String rule(String title, char fill) {
        int left = Math.max(0, (WIDTH - title.length()) / 2);
        int right = Math.max(0, WIDTH - title.length() - left);
        return String.valueOf(fill).repeat(left) + title + String.valueOf(fill).repeat(right) + "\n";
    }
}
