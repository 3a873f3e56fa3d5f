package dev.vidda.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Several starts, as text, Markdown and JSON. */
record StartupReport(String command, List<StartupTimes> runs) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The columns, with the names of the fields in JSON. */
    private static final Map<String, ToDoubleFunction<StartupTimes>> STEPS = new LinkedHashMap<>();

    static {
        STEPS.put("listening", StartupTimes::listening);
        STEPS.put("ready", StartupTimes::ready);
        STEPS.put("firstToken", StartupTimes::firstToken);
        STEPS.put("stop", StartupTimes::stop);
    }

    /** The middle one, or the mean of the two in the middle. */
    private double median(ToDoubleFunction<StartupTimes> step) {
        double[] sorted = runs.stream().mapToDouble(step).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    String text() {
        StringBuilder text = new StringBuilder("%s%n%n%-8s".formatted(command, "ms"));
        STEPS.keySet().forEach(name -> text.append("%12s".formatted(name)));
        for (int i = 0; i < runs.size(); i++) {
            text.append("%n%-8s".formatted("run " + (i + 1)));
            StartupTimes run = runs.get(i);
            STEPS.values().forEach(step -> text.append(number("%12.0f", step.applyAsDouble(run))));
        }
        text.append("%n%-8s".formatted("median"));
        STEPS.values().forEach(step -> text.append(number("%12.0f", median(step))));
        return text.append("%n".formatted()).toString();
    }

    String markdown() {
        StringBuilder text = new StringBuilder("`" + command + "`, milliseconds\n\n| run |");
        STEPS.keySet().forEach(name -> text.append(" ").append(name).append(" |"));
        text.append("\n| --- |").append(" --- |".repeat(STEPS.size())).append("\n");
        for (int i = 0; i < runs.size(); i++) {
            StartupTimes run = runs.get(i);
            text.append("| ").append(i + 1).append(" |");
            STEPS.values().forEach(step -> text.append(number(" %.0f |", step.applyAsDouble(run))));
            text.append("\n");
        }
        text.append("| median |");
        STEPS.values().forEach(step -> text.append(number(" **%.0f** |", median(step))));
        return text.append("\n").toString();
    }

    String json() {
        ObjectNode json = JSON.createObjectNode().put("command", command);
        ObjectNode medians = json.putObject("medianMillis");
        STEPS.forEach((name, step) -> medians.put(name, median(step)));
        var list = json.putArray("runsMillis");
        for (StartupTimes run : runs) {
            ObjectNode entry = list.addObject();
            STEPS.forEach((name, step) -> entry.put(name, step.applyAsDouble(run)));
        }
        return json.toPrettyString() + "\n";
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
