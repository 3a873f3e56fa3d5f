package dev.vidda.node.cli;

import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.simulator.GoodputSearch;
import dev.vidda.simulator.HtmlReport;
import dev.vidda.simulator.JsonReport;
import dev.vidda.simulator.Outcome;
import dev.vidda.simulator.RouterTuning;
import dev.vidda.simulator.Simulator;
import dev.vidda.simulator.Slo;
import dev.vidda.simulator.TextReport;
import dev.vidda.simulator.TraceKind;
import dev.vidda.simulator.WorkerShape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vidda simulate}: a cluster in virtual time. */
@Command(
        name = "simulate",
        description = {
            "Plays a load on a cluster in virtual time, with Vidda's scheduler and other systems' policies.",
            "",
            "Workers are H200s that serve Qwen3-4B, by measured step times. An answer is good if its first token comes within "
                    + "a second and the next ones 50 ms apart on average; goodput is the highest rate at which 90 %% are good."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:simulated",
            "1:the report could not be written",
            "2:wrong command line",
            "130:interrupted; the report is of what had ended by then"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  vidda simulate --trace sharegpt --rate 4000",
            "  vidda simulate --trace agents --policy all --goodput --html report.html"
        })
final class SimulateCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Option(
            names = "--trace",
            split = ",",
            paramLabel = "NAME",
            description = "sharegpt, long, agents, bursts, tenants, failures, or all (default: ${DEFAULT-VALUE}).",
            defaultValue = "sharegpt")
    private List<String> traces = List.of();

    @Option(
            names = "--policy",
            split = ",",
            paramLabel = "NAME",
            description =
                    "vidda, vidda-refusing, round-robin, random, least-requests, power-of-two, prefix-affinity, kv-cost, prompt-only, or all; "
                            + "or ideal: caches that have all at no cost (default: ${DEFAULT-VALUE}).",
            defaultValue = "vidda")
    private List<String> policies = List.of();

    @Option(
            names = "--gpus",
            paramLabel = "N",
            description = "Workers (default: ${DEFAULT-VALUE}).",
            defaultValue = "64")
    private int gpus;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Requests a second; where a search for the goodput begins (default: 10 for each worker).")
    private @Nullable Double rate;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long requests arrive (default: ${DEFAULT-VALUE}).",
            defaultValue = "30")
    private double seconds;

    @Option(names = "--goodput", description = "Search for the highest rate at which enough answers are good.")
    private boolean goodput;

    @Option(
            names = "--precision",
            paramLabel = "P",
            description = "Relative precision of that search (default: ${DEFAULT-VALUE}).",
            defaultValue = "0.02")
    private double precision;

    @Option(
            names = "--kv-blocks",
            paramLabel = "N",
            description = "Blocks of each worker's pool (default: of an H200).")
    private @Nullable Integer kvBlocks;

    @Option(
            names = "--output-quantile",
            paramLabel = "Q",
            description =
                    "Quantile of the output of a worker's requests that vidda provides for (default: ${DEFAULT-VALUE}).",
            defaultValue = "0.85")
    private double outputQuantile;

    @Option(
            names = "--max-pending",
            paramLabel = "MS",
            description = "Prompt work ahead at which vidda holds requests back (default: ${DEFAULT-VALUE}).",
            defaultValue = "500")
    private long maxPending;

    @Option(
            names = "--soft-ttft-target",
            paramLabel = "MS",
            description =
                    "First tokens that can no longer come so soon go behind those that can under vidda; 0 for order of arrival (default: ${DEFAULT-VALUE}).",
            defaultValue = "1000")
    private long softTtftTarget;

    @Mixin
    private AgentOptions agents = new AgentOptions();

    @Option(
            names = "--balance-threshold",
            paramLabel = "N",
            description = "Difference in requests at which prefix-affinity ignores caches (default: ${DEFAULT-VALUE}).",
            defaultValue = "64")
    private int balanceThreshold;

    @Option(
            names = "--overlap-weight",
            paramLabel = "W",
            description = "Weight of blocks to compute for kv-cost (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private double overlapWeight;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of all that is drawn (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private long seed;

    @Option(names = "--exact", description = "Run the real engine on each worker, step by step: slower.")
    private boolean exact;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the report as JSON.")
    private @Nullable Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write the report as a page with plots.")
    private @Nullable Path html;

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        check();
        PrintWriter out = spec.commandLine().getOut();
        Interruption.interruptThread(spec.commandLine().getErr());
        List<Outcome> outcomes;
        try {
            outcomes = simulate(simulator(), kinds(), out);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        boolean interrupted = Thread.interrupted();
        out.print(TextReport.of(outcomes));
        try {
            write(outcomes);
        } catch (IOException e) {
            throw new CommandFailure("cannot write the report: " + e, e);
        }
        out.flush();
        return interrupted ? Interruption.KILLED_BY_INTERRUPT : CommandLine.ExitCode.OK;
    }

    /** All that was asked for, or what has ended when this thread is interrupted, which it stays. */
    private List<Outcome> simulate(Simulator simulator, List<TraceKind> kinds, PrintWriter out) {
        List<Outcome> outcomes = new ArrayList<>();
        double from = rate == null ? 10.0 * gpus : rate;
        for (TraceKind kind : kinds) {
            for (String policy : policies.contains(ALL) ? Simulator.policies() : policies) {
                if (Thread.currentThread().isInterrupted()) {
                    return outcomes;
                }
                if (goodput) {
                    GoodputSearch.Goodput found =
                            new GoodputSearch(simulator, kind, seconds, precision).of(policy, from);
                    outcomes.add(found.outcome());
                    out.printf(
                            Locale.ROOT,
                            "%s %s: goodput %.1f requests/s%s%n",
                            kind.label(),
                            policy,
                            found.rate(),
                            found.interrupted() ? ", but the search was interrupted" : "");
                } else {
                    outcomes.add(simulator.run(kind, policy, from, seconds));
                }
                out.flush();
            }
        }
        return outcomes;
    }

    /** What a simulation could not end with, or would say nothing about. */
    private void check() {
        require(gpus >= 1, "--gpus must be at least 1, was " + gpus);
        require(rate == null || rate > 0 && Double.isFinite(rate), "--rate must be above 0, was " + rate);
        require(seconds > 0 && Double.isFinite(seconds), "--seconds must be above 0, was " + seconds);
        require(precision > 0 && precision < 1, "--precision must be between 0 and 1, was " + precision);
        require(kvBlocks == null || kvBlocks >= 1, "--kv-blocks must be at least 1, was " + kvBlocks);
        require(
                outputQuantile > 0 && outputQuantile <= 1,
                "--output-quantile must be above 0 and at most 1, was " + outputQuantile);
        require(maxPending >= 1, "--max-pending must be at least 1, was " + maxPending);
        require(softTtftTarget >= 0, "--soft-ttft-target must be at least 0, was " + softTtftTarget);
        OptionValues.requireFolder(spec.commandLine(), "--json", json);
        OptionValues.requireFolder(spec.commandLine(), "--html", html);
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw OptionValues.wrong(spec.commandLine(), message);
        }
    }

    private void write(List<Outcome> outcomes) throws IOException {
        if (json != null) {
            Files.writeString(json, JsonReport.of(outcomes));
        }
        if (html != null) {
            Files.writeString(html, HtmlReport.of(outcomes));
        }
    }

    private List<TraceKind> kinds() {
        return traces.contains(ALL)
                ? List.of(TraceKind.values())
                : traces.stream().map(TraceKind::of).toList();
    }

    private Simulator simulator() {
        WorkerShape shape = WorkerShape.h200Qwen3With4B();
        SchedulerLimits usual = Simulator.usualLimits();
        SchedulerLimits limits = new SchedulerLimits(
                usual.waitingRequests(),
                usual.waitingPools(),
                usual.longestWaitMillis(),
                outputQuantile,
                usual.mostPasses(),
                maxPending,
                usual.itlTargetMillis(),
                softTtftTarget,
                usual.longestContexts());
        return new Simulator(
                kvBlocks == null ? shape : shape.withBlocks(kvBlocks),
                gpus,
                seed,
                Slo.USUAL,
                limits,
                exact,
                agents.shape(),
                tuning());
    }

    private RouterTuning tuning() {
        RouterTuning defaults = RouterTuning.DEFAULTS;
        return new RouterTuning(balanceThreshold, defaults.balanceRelative(), defaults.cacheThreshold(), overlapWeight);
    }
}
