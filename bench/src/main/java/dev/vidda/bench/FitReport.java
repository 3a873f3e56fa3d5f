package dev.vidda.bench;

import java.io.PrintStream;
import java.util.OptionalInt;

/** Says line by line how a search for the largest concurrency goes. */
final class FitReport {
    private static final double P99 = 99;
    private static final String INDENT = " ".repeat(12);

    private final PrintStream out;

    FitReport(PrintStream out) {
        this.out = out;
        out.println("concurrency   good %   tokens/s   P99 TTFT ms   P99 TPOT ms");
    }

    /** Prints a trial, with what the server said to the requests that it did not serve. */
    FitSearch.Trial trial(int concurrency, Summary summary) {
        int requests =
                summary.states().values().stream().mapToInt(Integer::intValue).sum();
        FitSearch.Trial trial = new FitSearch.Trial(
                concurrency,
                (double) summary.good() / requests,
                summary.perSecond(summary.outputTokens()),
                summary.latency(Summary.Metric.TTFT).percentile(P99),
                summary.latency(Summary.Metric.TPOT).percentile(P99));
        out.println("%11d %8.1f %10.1f %13s %13s"
                .formatted(
                        concurrency,
                        100 * trial.goodShare(),
                        trial.tokensPerSecond(),
                        LoadReport.number(trial.ttftP99(), 1),
                        LoadReport.number(trial.tpotP99(), 1)));
        for (LoadReport.Failure failure : new LoadReport("", summary, OptionalInt.empty()).failures()) {
            out.println(INDENT + failure.count() + " x " + failure.reason());
            failure.messages().forEach(message -> out.println(INDENT + "  " + message));
        }
        return trial;
    }

    void end(FitSearch.Found found) {
        if (found.interrupted()) {
            out.println("interrupted after %d whole trials: the largest may be higher"
                    .formatted(found.trials().size()));
        }
        String none = found.trials().isEmpty()
                ? "nothing was measured"
                : "not even one request at a time reaches the targets";
        out.println(found.largest()
                .map(trial -> "largest stable concurrency %d, %.1f tokens/s"
                        .formatted(trial.concurrency(), trial.tokensPerSecond()))
                .orElse(none));
        found.knee()
                .ifPresent(trial ->
                        out.println("knee %d, %.1f tokens/s".formatted(trial.concurrency(), trial.tokensPerSecond())));
    }
}
