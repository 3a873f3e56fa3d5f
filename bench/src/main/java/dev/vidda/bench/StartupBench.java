package dev.vidda.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vidda bench startup}: how long a server takes from the start of its process to its first token. */
@Command(
        name = "startup",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Starts a server several times, and measures how long it takes until its first token.",
            "",
            "Also until its port is open, until /health says 200, and until it has ended after SIGTERM. What comes after -- are options of vidda serve, or, if it begins otherwise, the whole command of any "
                    + "OpenAI-compatible server, in which {port} stands for the port to listen on."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  vidda bench startup",
            "  vidda bench startup --runs 10 --markdown startup.md -- --device cpu --threads 2",
            "  vidda bench startup -- vllm serve Qwen/Qwen3-4B --port {port}"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:each start succeeded", "1:one did not", "2:the command line could not be understood"})
public final class StartupBench implements Callable<Integer> {
    private static final String PORT = "{port}";

    @Option(names = "--runs", paramLabel = "N", defaultValue = "5", description = "Starts (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5m",
            converter = Durations.Converter.class,
            description = "The longest that one start may take, such as 90s (default: 5m).")
    private Duration timeout = Duration.ofMinutes(5);

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Model to ask for (default: the first of /v1/models).")
    private @Nullable String model;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the report as JSON.")
    private @Nullable Path json;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Also write the report as Markdown.")
    private @Nullable Path markdown;

    @Parameters(paramLabel = "COMMAND", description = "Options of vidda serve, or a command with {port} in it.")
    private List<String> command = List.of();

    private final PrintStream out;
    private final PrintStream progress;

    /** Reports to the standard output. */
    public StartupBench() {
        this(System.out, System.err);
    }

    StartupBench(PrintStream out, PrintStream progress) {
        this.out = out;
        this.progress = progress;
    }

    /** Runs the command line and returns its exit code. */
    static int run(PrintStream out, PrintStream progress, String... arguments) {
        return new CommandLine(new StartupBench(out, progress)).execute(arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        List<String> server;
        try {
            server = server();
        } catch (IllegalArgumentException e) {
            progress.println("vidda: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        try {
            List<StartupTimes> times = new ArrayList<>();
            for (int run = 0; run < runs; run++) {
                int port = freePort();
                List<String> started = server.stream()
                        .map(part -> part.replace(PORT, Integer.toString(port)))
                        .toList();
                times.add(StartupTrial.run(started, port, Optional.ofNullable(model), timeout));
                progress.printf(
                        "run %d of %d: first token after %.0f ms%n",
                        run + 1, runs, times.getLast().firstToken());
            }
            report(new StartupReport(String.join(" ", server), times));
            return CommandLine.ExitCode.OK;
        } catch (IOException e) {
            progress.println("vidda: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private void report(StartupReport report) throws IOException {
        out.print(report.text());
        if (json != null) {
            Files.writeString(json, report.json());
        }
        if (markdown != null) {
            Files.writeString(markdown, report.markdown());
        }
    }

    /** The command to start, with {@code {port}} in it. */
    private List<String> server() {
        if (runs < 1) {
            throw new IllegalArgumentException("--runs must be at least 1, but it is " + runs);
        }
        ReportOptions.check("--json", json);
        ReportOptions.check("--markdown", markdown);
        if (!command.isEmpty() && !command.getFirst().startsWith("-")) {
            if (command.stream().noneMatch(part -> part.contains(PORT))) {
                throw new IllegalArgumentException("the command has no " + PORT + ", so its port is not known");
            }
            return command;
        }
        String home = System.getProperty("vidda.home", "");
        if (home.isEmpty()) {
            throw new IllegalArgumentException(
                    "say the whole command to start: this was not started by vidda's launcher");
        }
        List<String> serve = new ArrayList<>(List.of(Path.of(home, "vidda").toString(), "serve", "--port", PORT));
        serve.addAll(command);
        return serve;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
