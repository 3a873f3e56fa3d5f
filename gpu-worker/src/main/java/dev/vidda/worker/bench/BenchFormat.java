package dev.vidda.worker.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** How a report is written down. */
public enum BenchFormat {
    TEXT {
        @Override
        public String render(BenchReport report) {
            StringBuilder text = new StringBuilder();
            facts(report).forEach(fact -> text.append("%-10s %s%n".formatted(fact.get(0), fact.get(1))));
            for (Table table : tables(report)) {
                text.append('\n').append(table.title).append('\n');
                table.rows.forEach(row -> text.append(columns(table, row)).append('\n'));
            }
            report.notes().forEach(note -> text.append('\n').append(note));
            return text.append(report.notes().isEmpty() ? "" : "\n").toString();
        }
    },
    MARKDOWN {
        @Override
        public String render(BenchReport report) {
            StringBuilder text = new StringBuilder();
            facts(report).forEach(fact -> text.append("- %s: %s%n".formatted(fact.get(0), fact.get(1))));
            for (Table table : tables(report)) {
                text.append("\n**%s**%n%n".formatted(table.title));
                for (int i = 0; i < table.rows.size(); i++) {
                    text.append("| ")
                            .append(String.join(" | ", table.rows.get(i)))
                            .append(" |\n");
                    if (i == 0) {
                        text.append("|")
                                .append(String.join(
                                        "",
                                        Collections.nCopies(table.rows.get(0).size(), " ---: |")))
                                .append('\n');
                    }
                }
            }
            report.notes().forEach(note -> text.append("\n- ").append(note));
            return text.append(report.notes().isEmpty() ? "" : "\n").toString();
        }
    },
    JSON {
        @Override
        public String render(BenchReport report) {
            try {
                return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(tree(report)) + "\n";
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a tree of numbers and texts can be written", e);
            }
        }
    };

    /** The whole report, ending with a line break. */
    public abstract String render(BenchReport report);

    /** A table whose first row names the columns. */
    private record Table(String title, List<List<String>> rows) {
        Table(String title, String... columns) {
            this(title, new ArrayList<>(List.of(List.of(columns))));
        }

        void add(String... cells) {
            rows.add(List.of(cells));
        }

        int width(int column) {
            return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
        }
    }

    private static String columns(Table table, List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append("  ")
                    .append(" ".repeat(table.width(i) - row.get(i).length()))
                    .append(row.get(i));
        }
        return line.toString();
    }

    private static List<List<String>> facts(BenchReport report) {
        return List.of(
                List.of("model", report.model()),
                List.of("device", report.device()),
                List.of("loaded in", number(report.loadSeconds(), 2) + " s"),
                List.of(
                        "ceilings",
                        "read %s GB/s, copy %s GB/s, matmul %s TFLOP/s"
                                .formatted(
                                        number(report.ceilings().readBytes() / 1e9, 1),
                                        number(report.ceilings().copyBytes() / 1e9, 1),
                                        number(report.ceilings().operations() / 1e12, 2))));
    }

    private static List<Table> tables(BenchReport report) {
        List<Table> tables = new ArrayList<>();
        if (!report.decode().isEmpty()) {
            tables.add(decode(report));
        }
        if (!report.prefill().isEmpty()) {
            tables.add(prefill(report));
        }
        report.requests().ifPresent(requests -> {
            Table table = new Table(
                    "requests through the engine", "requests", "at a time", "prompt", "output", "s", "output tok/s");
            table.add(
                    Integer.toString(requests.count()),
                    Integer.toString(requests.concurrency()),
                    Integer.toString(requests.prompt()),
                    Integer.toString(requests.output()),
                    number(requests.seconds(), 2),
                    number(requests.outputPerSecond(), 0));
            tables.add(table);
        });
        return tables;
    }

    private static Table decode(BenchReport report) {
        Table table = new Table(
                "decode", "batch", "context", "tok/s", "step ms", "GB/s", "TFLOP/s", "of the roofline", "idle");
        for (BenchReport.Decode row : report.decode()) {
            table.add(
                    Integer.toString(row.batch()),
                    Integer.toString(row.context()),
                    number(row.tokensPerSecond(), 1),
                    number(1e3 * row.stepSeconds(), 3),
                    number(row.use().bytesPerSecond() / 1e9, 1),
                    number(row.use().operationsPerSecond() / 1e12, 2),
                    percent(row.use().share()),
                    idle(row.idle()));
        }
        return table;
    }

    private static Table prefill(BenchReport report) {
        Table table = new Table("prefill", "tokens", "tok/s", "ms", "TFLOP/s", "of the roofline");
        for (BenchReport.Prefill row : report.prefill()) {
            table.add(
                    Integer.toString(row.length()),
                    number(row.tokensPerSecond(), 0),
                    number(1e3 * row.seconds(), 2),
                    number(row.use().operationsPerSecond() / 1e12, 2),
                    percent(row.use().share()));
        }
        return table;
    }

    private static String number(double value, int decimals) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String idle(OptionalDouble idle) {
        return idle.isPresent() ? percent(idle.getAsDouble()) : "-";
    }

    private static ObjectNode tree(BenchReport report) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("model", report.model());
        root.put("device", report.device());
        root.put("load_seconds", report.loadSeconds());
        root.put("read_bytes_per_second", report.ceilings().readBytes());
        root.put("copy_bytes_per_second", report.ceilings().copyBytes());
        root.put("operations_per_second", report.ceilings().operations());
        for (BenchReport.Decode row : report.decode()) {
            ObjectNode node = root.withArray("decode").addObject();
            node.put("batch", row.batch()).put("context", row.context()).put("output", row.output());
            node.put("tokens_per_second", row.tokensPerSecond()).put("step_seconds", row.stepSeconds());
            use(node, row.use());
            row.idle().ifPresent(idle -> node.put("idle", idle));
        }
        for (BenchReport.Prefill row : report.prefill()) {
            ObjectNode node = root.withArray("prefill").addObject();
            node.put("length", row.length()).put("tokens_per_second", row.tokensPerSecond());
            node.put("seconds", row.seconds());
            use(node, row.use());
        }
        report.requests()
                .ifPresent(requests -> root.putObject("requests")
                        .put("count", requests.count())
                        .put("concurrency", requests.concurrency())
                        .put("prompt", requests.prompt())
                        .put("output", requests.output())
                        .put("seconds", requests.seconds())
                        .put("output_tokens_per_second", requests.outputPerSecond()));
        report.notes().forEach(root.withArray("notes")::add);
        return root;
    }

    private static void use(ObjectNode node, BenchReport.Use use) {
        node.put("bytes_per_second", use.bytesPerSecond());
        node.put("operations_per_second", use.operationsPerSecond());
        node.put("share_of_roofline", use.share());
    }
}
