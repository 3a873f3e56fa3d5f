package dev.vidda.node.cli;

import dev.vidda.node.config.Configuration;
import dev.vidda.node.config.EffectiveSettings;
import dev.vidda.node.config.InvalidConfiguration;
import dev.vidda.node.config.Problem;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vidda config}: what a node would be started with, and whether it could. */
@Command(
        name = "config",
        description = "Checks a configuration, or shows what it comes down to.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ConfigCommand.Check.class, ConfigCommand.Show.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  vidda config check --config conf/single-node.conf",
            "  vidda config show --effective --config conf/single-node.conf"
        })
final class ConfigCommand implements Callable<Integer> {
    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }

    /** {@code vidda config check}. */
    @Command(
            name = "check",
            description = {
                "Looks for all that would keep 'vidda serve' with the same options from starting here: unknown keys, wrong"
                        + " units, values out of bounds, missing files, ports in use, certificates, memory.",
                "",
                "Prints a line for each mistake: key, value, where it is set, what is wrong, what to do."
            },
            sortOptions = false,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:a node could start", "1:there are mistakes", "2:wrong command line"},
            footerHeading = "%nExamples:%n",
            footer = {
                "  vidda config check --config conf/single-node.conf",
                "  vidda config check --model models/Qwen3-4B --memory 8GiB"
            })
    static final class Check implements Callable<Integer> {
        @Mixin
        private NodeOptions options = new NodeOptions();

        @Mixin
        private HelpOption help = new HelpOption();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            Configuration configuration = options.configuration();
            List<Problem> problems = ServerOptions.problems(configuration);
            if (!problems.isEmpty()) {
                throw new CommandFailure(String.valueOf(new InvalidConfiguration(problems).getMessage()));
            }
            EffectiveSettings settings = EffectiveSettings.of(configuration);
            PrintWriter out = spec.commandLine().getOut();
            out.println("ok: " + settings.lines(false).size() + " of "
                    + settings.lines(true).size() + " keys set, the others have their defaults");
            out.flush();
            return 0;
        }
    }

    /** {@code vidda config show}. */
    @Command(
            name = "show",
            description = {
                "Shows the settings a node would have with the same options, and where each was set. Secrets are masked.",
                "",
                "What it prints is a configuration file itself."
            },
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {
                "  vidda config show --config conf/single-node.conf              what differs from the defaults",
                "  vidda config show --effective --config conf/single-node.conf  all keys"
            })
    static final class Show implements Callable<Integer> {
        @Option(names = "--effective", description = "Show all keys, not only those that differ from their defaults.")
        private boolean all;

        @Mixin
        private NodeOptions options = new NodeOptions();

        @Mixin
        private HelpOption help = new HelpOption();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            EffectiveSettings.of(options.configuration()).lines(all).forEach(out::println);
            out.flush();
            return 0;
        }
    }
}
