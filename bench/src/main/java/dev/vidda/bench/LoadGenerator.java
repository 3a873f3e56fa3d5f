package dev.vidda.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the load generator. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Loads an OpenAI-compatible server with streams, checks that each is whole, and reports latencies.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:every stream was whole",
            "1:a stream was not whole, was refused or failed, or too few answers were right",
            "2:the command line, the prompts or the server's model list could not be understood"
        })
public final class LoadGenerator implements Callable<Integer> {
    private static final int ALL_WELL = 0;
    private static final int NOT_WELL = 1;

    @Option(names = "--url", defaultValue = "http://localhost:8080", description = "Server (default ${DEFAULT-VALUE}).")
    private URI url = URI.create("http://localhost:8080");

    @Option(names = "--model", description = "Model to ask for; the first of /v1/models when not given.")
    private @Nullable String model;

    @Option(names = "--api-key", description = "Sent as bearer token.", defaultValue = "${env:OPENAI_API_KEY}")
    private @Nullable String apiKey;

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(names = "--expect-field", description = "Field of each line with the answer that the reply must end with.")
    private @Nullable String expectField;

    @Option(
            names = "--min-right",
            defaultValue = "0",
            description = "Exit with 1 when a smaller share of the answers is right (default ${DEFAULT-VALUE}).")
    private double minRight;

    @Option(names = "--vocabulary", defaultValue = "1000", description = "Synthetic ids are below it (default 1000).")
    private int vocabulary;

    @Option(names = "--concurrency", description = "Most streams at a time (default 1; with --rate unlimited).")
    private @Nullable Integer concurrency;

    @Option(names = "--rate", description = "Requests per second, as a Poisson process.")
    private @Nullable Double rate;

    @Option(
            names = "--requests",
            description = "Requests to send; with neither this nor --duration, each of --prompts once.")
    private @Nullable Integer requests;

    @Option(names = "--duration", description = "Start requests for so long, such as 60s or 5m.")
    private @Nullable Duration duration;

    @Option(names = "--abandon", defaultValue = "0", description = "Share of the streams to close midway, 0 to 1.")
    private double abandon;

    @Option(names = "--seed", defaultValue = "1", description = "Of arrivals, synthetic prompts and abandoned streams.")
    private long seed;

    @Option(names = "--max-tokens", defaultValue = "256", description = "Most tokens to generate (default 256).")
    private int maxTokens;

    @Option(names = "--temperature", defaultValue = "0", description = "Sampling temperature (default 0: greedy).")
    private double temperature;

    @Option(names = "--sampling-seed", description = "Seed sent with each request.")
    private @Nullable Long samplingSeed;

    @Option(names = "--ignore-eos", description = "Generate exactly --max-tokens.")
    private boolean ignoreEos;

    @Option(names = "--timeout", defaultValue = "10m", description = "For one whole stream (default 10m).")
    private Duration timeout = Duration.ofMinutes(10);

    @Option(names = "--allow-refused", description = "Requests that the server refuses do not count as failure.")
    private boolean allowRefused;

    @Option(names = "--json", description = "Writes the report as JSON.")
    private @Nullable Path json;

    @Option(names = "--markdown", description = "Writes the report as Markdown.")
    private @Nullable Path markdown;

    private final PrintStream out;
    private final PrintStream progress;

    LoadGenerator(PrintStream out, PrintStream progress) {
        this.out = out;
        this.progress = progress;
    }

    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    /** Runs the command line and returns its exit code. */
    static int run(PrintStream out, PrintStream progress, String... arguments) {
        return new CommandLine(new LoadGenerator(out, progress))
                .registerConverter(Duration.class, Durations::parse)
                .setExecutionExceptionHandler((error, command, parsed) -> {
                    if (error instanceof IllegalArgumentException || error instanceof IOException) {
                        progress.println(error.getMessage());
                        return CommandLine.ExitCode.USAGE;
                    }
                    throw error;
                })
                .execute(arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        IntFunction<Prompt> prompts;
        Pace pace;
        if (source.prompts == null) {
            prompts = synthetic();
            pace = pace(OptionalInt.empty());
        } else {
            List<Prompt> read = Prompts.read(source.prompts, Optional.ofNullable(expectField));
            prompts = index -> read.get(index % read.size());
            pace = pace(OptionalInt.of(read.size()));
        }
        Optional<String> key = Optional.ofNullable(apiKey).filter(given -> !given.isBlank());
        String server = url.toString().replaceAll("/+$", "");
        String name = model == null ? StreamingClient.firstModel(server, key) : model;
        OptionalLong sampling = samplingSeed == null ? OptionalLong.empty() : OptionalLong.of(samplingSeed);
        RequestOptions options = new RequestOptions(name, key, maxTokens, temperature, sampling, ignoreEos, timeout);
        List<Outcome> outcomes;
        try (StreamingClient client = new StreamingClient(server, options)) {
            LoadRun run = new LoadRun(client, prompts, pace, maxTokens);
            try (Progress ignored = Progress.of(run, progress)) {
                outcomes = run.run();
            }
        }
        Summary summary = Summary.of(outcomes);
        report(new LoadReport("%s, model %s, %s".formatted(server, name, inWords(pace)), summary));
        int failed = summary.failed() - (allowRefused ? summary.count(Outcome.State.REFUSED) : 0);
        return failed == 0 && summary.rightShare() >= minRight ? ALL_WELL : NOT_WELL;
    }

    private IntFunction<Prompt> synthetic() {
        if (expectField != null) {
            throw new IllegalArgumentException("--expect-field needs --prompts: random token ids have no answer");
        }
        return Prompts.synthetic(source.synthetic, vocabulary, seed);
    }

    /** @param prompts the requests to send when neither their number nor a duration is given */
    private Pace pace(OptionalInt prompts) {
        OptionalInt given = requests == null ? OptionalInt.empty() : OptionalInt.of(requests);
        OptionalInt count = requests == null && duration == null ? prompts : given;
        int unlimited = rate == null ? 1 : Integer.MAX_VALUE;
        return new Pace(
                concurrency == null ? unlimited : concurrency,
                rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate),
                count,
                Optional.ofNullable(duration),
                abandon,
                seed);
    }

    private void report(LoadReport report) throws IOException {
        out.print(report.text());
        if (json != null) {
            Files.writeString(json, report.json());
        }
        if (markdown != null) {
            Files.writeString(markdown, report.markdown());
        }
    }

    private static String inWords(Pace pace) {
        String at = pace.rate().isPresent()
                ? "%s requests/s (Poisson)".formatted(pace.rate().getAsDouble())
                : "%d concurrent".formatted(pace.concurrency());
        String abandoned = pace.abandonShare() == 0 ? "" : ", %.0f %% abandoned".formatted(100 * pace.abandonShare());
        return at + abandoned;
    }

    /** Where prompts come from: exactly one of these. */
    private static final class Source {
        @Option(names = "--prompts", description = "JSON lines with messages or a prompt (text or token ids).")
        private @Nullable Path prompts;

        @Option(names = "--synthetic", description = "Prompts of so many random token ids.")
        private int synthetic;
    }
}
