package dev.vidda.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line of the load generator. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Loads any OpenAI-compatible server with streams, checks that each is whole, and reports latencies.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  vidda bench serve --random 512 --concurrency 32 --requests 200 --ignore-eos",
            "  vidda bench serve --sharegpt conversations.json --rate 8 --duration 60s --goodput ttft:500",
            "  vidda bench serve --random 64 --prefix 1024 --rate 20 --requests 500 --html out.html",
            "  vidda bench serve --random 256 --fit 512 --goodput ttft:1000 --goodput tpot:50"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every stream was whole",
            "1:a stream was not whole, was refused or failed, or too few answers were right",
            "2:the command line, the prompts or the server's model list could not be understood",
            "130:interrupted; the report is of what had ended by then"
        })
public final class LoadGenerator implements Callable<Integer> {
    private static final int ALL_WELL = 0;
    private static final int NOT_WELL = 1;
    private static final int FIT_REQUESTS = 32;
    private static final int FIT_ROUNDS = 4;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://localhost:8080",
            description = "Server, with or without /v1 (default: ${DEFAULT-VALUE}).")
    private URI url = URI.create("http://localhost:8080");

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Model to ask for (default: the first of /v1/models).")
    private @Nullable String model;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description = "Sent as bearer token (default: OPENAI_API_KEY of the environment).",
            defaultValue = "${env:OPENAI_API_KEY}")
    private @Nullable String apiKey;

    @Option(
            names = "--ca-cert",
            paramLabel = "FILE",
            description = "Certificate, in PEM, of the authority that the server's is from, if Java does not trust it.")
    private @Nullable Path caCert;

    @Mixin
    private PromptOptions promptOptions = new PromptOptions();

    @Option(
            names = "--min-right",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Exit with 1 when a smaller share of the answers is right (default: ${DEFAULT-VALUE}).")
    private double minRight;

    @Mixin
    private PaceOptions paceOptions = new PaceOptions();

    @Option(
            names = "--goodput",
            paramLabel = "TARGET",
            description =
                    "Target of a request, such as ttft:500, tpot:50 or e2el:10000 (ms); may be given several times.")
    private List<String> goodput = List.of();

    @Option(
            names = "--fit",
            paramLabel = "MOST",
            description =
                    "Find the largest concurrency up to MOST at which 99 %% of the requests reach all targets of --goodput, "
                            + "and the knee, after which more gains little; each trial sends 4 requests for each "
                            + "concurrent one, at least 32.")
    private @Nullable Integer fit;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of arrivals, random prompts and abandoned streams (default: 1).")
    private long seed;

    @Option(
            names = "--max-tokens",
            paramLabel = "TOKENS",
            defaultValue = "256",
            description = "Most tokens to generate (default: 256).")
    private int maxTokens;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "Sampling temperature (default: 0, greedy).")
    private double temperature;

    @Option(names = "--sampling-seed", paramLabel = "N", description = "Seed sent with each request.")
    private @Nullable Long samplingSeed;

    @Option(names = "--ignore-eos", description = "Generate exactly --max-tokens.")
    private boolean ignoreEos;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = Durations.Converter.class,
            description = "The longest that one stream may take, such as 90s (default: 10m).")
    private Duration timeout = Duration.ofMinutes(10);

    @Option(names = "--allow-refused", description = "Requests that the server refuses do not count as failure.")
    private boolean allowRefused;

    @Mixin
    private ReportOptions reportOptions = new ReportOptions();

    private final PrintStream out;
    private final PrintStream progress;

    /** Reports to the standard output. */
    public LoadGenerator() {
        this(System.out, System.err);
    }

    LoadGenerator(PrintStream out, PrintStream progress) {
        this.out = out;
        this.progress = progress;
    }

    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    /** Runs the command line and returns its exit code. */
    static int run(PrintStream out, PrintStream progress, String... arguments) {
        return new CommandLine(new LoadGenerator(out, progress)).execute(arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            return measure();
        } catch (IllegalArgumentException | IOException e) {
            progress.println("vidda: " + inWords(e));
            return CommandLine.ExitCode.USAGE;
        }
    }

    private int measure() throws IOException, InterruptedException {
        check();
        PromptOptions.Given prompts = promptOptions.given(seed);
        Goodput targets = Goodput.parse(goodput);
        Optional<Pace> pace = fit == null ? Optional.of(paceOptions.pace(prompts.count(), seed)) : Optional.empty();
        Optional<String> key = Optional.ofNullable(apiKey).filter(given -> !given.isBlank());
        String server = url.toString().replaceAll("(/v1)?/*$", "");
        Optional<SSLContext> tls = caCert == null ? Optional.empty() : Optional.of(Authority.read(caCert));
        String name = model == null ? StreamingClient.firstModel(server, key, tls) : model;
        OptionalLong sampling = samplingSeed == null ? OptionalLong.empty() : OptionalLong.of(samplingSeed);
        RequestOptions options =
                new RequestOptions(name, key, maxTokens, temperature, sampling, ignoreEos, tls, timeout);
        try (StreamingClient client = new StreamingClient(server, options)) {
            return pace.isPresent()
                    ? load(client, prompts.byIndex(), pace.get(), targets, "%s, model %s".formatted(server, name))
                    : fit(client, prompts.byIndex(), targets, Objects.requireNonNull(fit));
        }
    }

    /** What is wrong with the options is to be said before a server is asked. */
    private void check() {
        String scheme = String.valueOf(url.getScheme());
        require(
                (scheme.equals("http") || scheme.equals("https")) && url.getHost() != null,
                "--url must be http://HOST:PORT or https://HOST:PORT, was " + url);
        require(maxTokens >= 1, "--max-tokens must be at least 1, was " + maxTokens);
        require(minRight >= 0 && minRight <= 1, "--min-right must be in [0, 1], was " + minRight);
        require(fit == null || fit >= 1, "--fit must be at least 1, was " + fit);
        require(
                fit == null || !reportOptions.isAsked(),
                "--fit prints its trials and writes no files: leave out --json, --markdown and --html");
        require(
                fit == null || !paceOptions.isAsked(),
                "--fit chooses the pace of its trials: leave out --concurrency, --rate, --burst, --requests, --duration and"
                        + " --abandon");
        reportOptions.check();
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    private int load(StreamingClient client, IntFunction<Prompt> prompts, Pace pace, Goodput targets, String what)
            throws IOException {
        LoadRun run = new LoadRun(client, prompts, pace, maxTokens);
        List<Outcome> outcomes = outcomes(run);
        Summary summary = Summary.of(outcomes, targets);
        LoadReport report = new LoadReport("%s, %s".formatted(what, inWords(pace)), summary, run.leftOut());
        out.print(report.text());
        reportOptions.write(report, () -> new HtmlReport(report, summary, outcomes).html());
        if (run.leftOut().isPresent()) {
            return Interrupt.EXIT_CODE;
        }
        int failed = summary.failed() - (allowRefused ? summary.count(Outcome.State.REFUSED) : 0);
        return failed == 0 && summary.rightShare() >= minRight ? ALL_WELL : NOT_WELL;
    }

    private List<Outcome> outcomes(LoadRun run) {
        try (Interrupt ignored = Interrupt.ofThisThread(progress)) {
            return watched(run);
        }
    }

    private List<Outcome> watched(LoadRun run) {
        try (Progress ignored = Progress.of(run, progress)) {
            return run.run();
        }
    }

    private int fit(StreamingClient client, IntFunction<Prompt> prompts, Goodput targets, int most) {
        AtomicInteger sent = new AtomicInteger();
        FitReport report = new FitReport(out);
        FitSearch.Runs runs = concurrency -> {
            int count = Math.max(FIT_REQUESTS, FIT_ROUNDS * concurrency);
            int from = sent.getAndAdd(count);
            Pace pace = Pace.concurrent(concurrency, count, seed);
            LoadRun run = new LoadRun(client, index -> prompts.apply(from + index), pace, maxTokens);
            List<Outcome> outcomes = watched(run);
            if (run.leftOut().isPresent()) {
                throw new InterruptedException("a load was interrupted");
            }
            return report.trial(concurrency, Summary.of(outcomes, targets));
        };
        FitSearch.Found found;
        try (Interrupt ignored = Interrupt.ofThisThread(progress)) {
            found = new FitSearch(runs, most).search();
        }
        report.end(found);
        if (found.interrupted()) {
            return Interrupt.EXIT_CODE;
        }
        return found.largest().isPresent() ? ALL_WELL : NOT_WELL;
    }

    /** A file system's exception has the file as its message, and nothing else. */
    private static String inWords(Exception e) {
        if (e instanceof NoSuchFileException) {
            return e.getMessage() + ": there is no such file or folder";
        }
        return e instanceof FileSystemException file
                ? file.getFile() + ": cannot be read or written ("
                        + file.getClass().getSimpleName() + ")"
                : String.valueOf(e.getMessage());
    }

    private static String inWords(Pace pace) {
        String at = pace.rate().isPresent()
                ? "%s requests/s (Poisson)".formatted(pace.rate().getAsDouble())
                : "%d concurrent".formatted(pace.concurrency());
        String abandoned = pace.abandonShare() == 0 ? "" : ", %.0f %% abandoned".formatted(100 * pace.abandonShare());
        return at + abandoned;
    }
}
