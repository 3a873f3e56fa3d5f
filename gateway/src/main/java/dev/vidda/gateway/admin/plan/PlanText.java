package dev.vidda.gateway.admin.plan;

import java.util.List;
import java.util.Locale;

/** Plans as a table for people, a line for each GPU. */
public final class PlanText {
    private static final double GIB = 1 << 30;

    private PlanText() {}

    /** A table of plans that differ in their GPU only, with what they have in common above it. */
    public static String of(List<Plan> plans) {
        PlanRequest common = plans.getFirst().request();
        StringBuilder text = new StringBuilder();
        text.append("%s, %.2f B parameters, %s; %,d KV bytes a token%n"
                .formatted(
                        common.model().name(),
                        common.model().parameters() / 1e9,
                        common.precision().name().toLowerCase(Locale.ROOT),
                        common.model().kv(common.kvBytes()).bytesPerToken()));
        text.append("%,d %s of %,d tokens at a time, %s%n%n"
                .formatted(
                        common.concurrency(),
                        common.concurrency() == 1 ? "request" : "requests",
                        common.context(),
                        common.gpus() == 1 ? "one GPU" : common.gpus() + " GPUs"));
        text.append("%-20s %7s %8s %9s %8s %8s %8s %9s %10s %10s %9s%n"
                .formatted(
                        "GPU",
                        "memory",
                        "weights",
                        "workspace",
                        "KV pool",
                        "needed",
                        "largest",
                        "longest",
                        "expected",
                        "roofline",
                        "prefill"));
        text.append("%-20s %7s %8s %9s %8s %8s %8s %9s %10s %10s %9s%n"
                .formatted("", "GiB", "GiB", "GiB", "GiB", "GiB", "batch", "context", "tok/s", "tok/s", "tok/s"));
        plans.forEach(plan -> text.append(line(plan)));
        List<String> notYet = common.notServedYet();
        if (!notYet.isEmpty()) {
            text.append("\nVidda itself: ").append(String.join(" ", notYet)).append("\n");
        }
        return text.toString();
    }

    private static String line(Plan plan) {
        String row = "%-20s %7.1f %8.2f %9.2f %8.2f %8.2f %8d %9d %10.0f %10.0f %9.0f"
                .formatted(
                        plan.request().gpu().name(),
                        plan.request().gpu().memoryBytes() / GIB,
                        plan.weights() / GIB,
                        plan.workspace() / GIB,
                        plan.kvPool() / GIB,
                        plan.kvNeeded() / GIB,
                        plan.largestBatch(),
                        plan.longestContext(),
                        plan.expected().tokensPerSecond(),
                        plan.roofline().tokensPerSecond(),
                        plan.prefillExpected());
        return row + (plan.fits() ? "" : "  no: " + plan.whyNot()) + "\n";
    }
}
