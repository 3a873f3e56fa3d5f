package dev.vidda.node.cli;

import dev.vidda.bench.LoadGenerator;
import dev.vidda.bench.StartupBench;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code vidda bench}: the benchmarks. */
@Command(
        name = "bench",
        description = "Measures speed.",
        synopsisSubcommandLabel = "WHAT",
        subcommands = {BenchEngineCommand.class, LoadGenerator.class, StartupBench.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  vidda bench engine --shape qwen3-4b   how fast this machine would run it",
            "  vidda bench serve --random 512 --concurrency 32 --requests 200   how a running server serves",
            "  vidda bench startup                   how long it takes from the start to the first token",
            "",
            "vidda bench WHAT --help says more about one of them."
        })
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** What to measure must be said. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }
}
