package dev.vidda.node.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command. */
@Command(
        name = "vidda",
        description = "Serves large language models.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  vidda serve                      serve the demo model on http://localhost:8080",
            "  vidda chat                       talk to it in the terminal",
            "  vidda pull Qwen/Qwen3-0.6B       download a model",
            "  vidda models models/Qwen3-0.6B   what it is and what it needs",
            "  vidda plan Qwen3-4B              which GPUs it fits onto, and how fast it would be",
            "",
            "vidda help COMMAND says more about one command."
        })
public final class Vidda implements Callable<Integer> {
    private static final String HELP = "help";
    private static final int HELP_WIDTH = 100;
    /** In the order of the help. */
    private static final Map<String, Class<?>> COMMANDS = commands();

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version and exit.")
    private boolean version;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Log more, and print stack traces of errors.")
    private boolean verbose;

    private Vidda() {}

    /** Without a command there is nothing to do but to say what could be done. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }

    /** Runs the command line {@code args} and returns the exit code of the process. */
    public static int run(String... args) {
        CommandLine line = commandLine(args);
        int exitCode = line.execute(args);
        // Nobody else does: what a command prints without an end of line would be lost.
        line.getOut().flush();
        line.getErr().flush();
        return exitCode;
    }

    /** The line that understands {@code args}: with the one command that they begin with, or with all. */
    static CommandLine commandLine(String... args) {
        Vidda root = new Vidda();
        CommandLine line = new CommandLine(root);
        Class<?> only = args.length == 0 || args[0].equals(HELP) ? null : COMMANDS.get(args[0]);
        if (only == null) {
            COMMANDS.forEach(line::addSubcommand);
        } else {
            // What the others look like takes longer to find out than all else that happens before a command runs.
            line.addSubcommand(args[0], only);
        }
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpLongOptionsMaxWidth(28);
        line.setUsageHelpWidth(HELP_WIDTH);
        line.setExecutionStrategy(parsed -> {
            Logging.start(root.verbose);
            return new CommandLine.RunLast().execute(parsed);
        });
        line.setExecutionExceptionHandler(
                (failure, command, parsed) -> report(failure, command.getErr(), root.verbose));
        line.setParameterExceptionHandler((wrong, given) -> {
            CommandLine command = wrong.getCommandLine();
            command.getErr()
                    .println("vidda: " + String.valueOf(wrong.getMessage()).replaceFirst("^Error: ", ""));
            CommandLine.UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
            if (wrong instanceof CommandLine.UnmatchedArgumentException unknown) {
                OptionValues.nearest(command, unknown.getUnmatched().getFirst())
                        .ifPresent(near -> command.getErr().println("Did you mean: " + near + "?"));
            }
            command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
            return CommandLine.ExitCode.USAGE;
        });
        return line;
    }

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("serve", ServeCommand.class);
        commands.put("chat", ChatCommand.class);
        commands.put("pull", PullCommand.class);
        commands.put("models", ModelsCommand.class);
        commands.put("plan", PlanCommand.class);
        commands.put("simulate", SimulateCommand.class);
        commands.put("config", ConfigCommand.class);
        commands.put("doctor", DoctorCommand.class);
        commands.put("bench", BenchCommand.class);
        commands.put("warm-up", WarmUpCommand.class);
        commands.put(HELP, HelpCommand.class);
        return commands;
    }

    private static int report(Exception failure, PrintWriter err, boolean verbose) {
        if (verbose) {
            failure.printStackTrace(err);
        }
        if (failure instanceof CommandFailure expected) {
            String.valueOf(expected.getMessage()).lines().forEach(line -> err.println("vidda: " + line));
            return expected.exitCode();
        }
        String message = failure.getMessage();
        err.println("vidda: " + (message == null ? failure.getClass().getSimpleName() : message)
                + (verbose ? "" : " (" + failure.getClass().getSimpleName() + "; --verbose shows where)"));
        return CommandLine.ExitCode.SOFTWARE;
    }
}
