package dev.vidda.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
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
            "2:the command line, the prompts or the server's model list could not be understood"
        })
public final class LoadGenerator implements Callable<Integer> {
    private static final int ALL_WELL = 0;
    private static final int NOT_WELL = 1;
    private static final int FIT_REQUESTS = 32;
    private static final int FIT_ROUNDS = 4;
    private static final double P99 = 99;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://localhost:8080",
            description = "Server (default: ${DEFAULT-VALUE}).")
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

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--expect-field",
            paramLabel = "FIELD",
            description = "Field of each line with the answer that the reply must end with.")
    private @Nullable String expectField;

    @Option(
            names = "--min-right",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Exit with 1 when a smaller share of the answers is right (default: ${DEFAULT-VALUE}).")
    private double minRight;

    @Option(
            names = "--turns",
            paramLabel = "N",
            defaultValue = "1",
            description = "Turns of each conversation: its chats follow each other, as in a session (default: 1).")
    private int turns;

    @Option(
            names = "--spread",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Lengths of random prompts vary by this share, in [0, 1) (default: 0).")
    private double spread;

    @Option(
            names = "--prefix",
            paramLabel = "TOKENS",
            defaultValue = "0",
            description = "Tokens that random prompts share (default: 0).")
    private int prefix;

    @Option(
            names = "--prefixes",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many such beginnings there are (default: 1).")
    private int prefixes;

    @Option(
            names = "--vocabulary",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Random token ids are below it (default: 1000).")
    private int vocabulary;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Most streams at a time (default: 1; with --rate unlimited).")
    private @Nullable Integer concurrency;

    @Option(names = "--rate", paramLabel = "R", description = "Requests per second, as a Poisson process.")
    private @Nullable Double rate;

    @Option(
            names = "--burst",
            paramLabel = "N",
            defaultValue = "1",
            description = "With --rate: so many requests come together, at the same rate (default: 1).")
    private int burst;

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
            names = "--requests",
            paramLabel = "N",
            description = "Requests to send; with neither this nor --duration, each of --prompts once.")
    private @Nullable Integer requests;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = Durations.Converter.class,
            description = "Start requests for so long, such as 60s or 5m.")
    private @Nullable Duration duration;

    @Option(
            names = "--abandon",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of the streams to close midway, 0 to 1 (default: 0).")
    private double abandon;

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

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the report as JSON.")
    private @Nullable Path json;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Also write the report as Markdown.")
    private @Nullable Path markdown;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write the report as a page with plots.")
    private @Nullable Path html;

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
        IntFunction<Prompt> prompts;
        OptionalInt known = OptionalInt.empty();
        if (source.prompts == null && source.shareGpt == null) {
            prompts = synthetic();
        } else {
            List<Prompt> read = source.prompts == null
                    ? Datasets.shareGpt(Objects.requireNonNull(source.shareGpt), turns)
                    : Prompts.read(source.prompts, Optional.ofNullable(expectField));
            prompts = index -> read.get(index % read.size());
            known = OptionalInt.of(read.size());
        }
        // A wrong pace is to be said before a server is asked.
        Optional<Pace> pace = fit == null ? Optional.of(pace(known)) : Optional.empty();
        Optional<String> key = Optional.ofNullable(apiKey).filter(given -> !given.isBlank());
        String server = url.toString().replaceAll("/+$", "");
        String name = model == null ? StreamingClient.firstModel(server, key) : model;
        OptionalLong sampling = samplingSeed == null ? OptionalLong.empty() : OptionalLong.of(samplingSeed);
        RequestOptions options = new RequestOptions(name, key, maxTokens, temperature, sampling, ignoreEos, timeout);
        try (StreamingClient client = new StreamingClient(server, options)) {
            return pace.isPresent()
                    ? load(client, prompts, pace.get(), "%s, model %s".formatted(server, name))
                    : fit(client, prompts, Objects.requireNonNull(fit));
        }
    }

    private int load(StreamingClient client, IntFunction<Prompt> prompts, Pace pace, String what)
            throws IOException, InterruptedException {
        List<Outcome> outcomes = run(client, prompts, pace);
        Summary summary = Summary.of(outcomes, Goodput.parse(goodput));
        LoadReport report = new LoadReport("%s, %s".formatted(what, inWords(pace)), summary);
        report(report);
        if (html != null) {
            Files.writeString(html, new HtmlReport(report, summary, outcomes).html());
        }
        int failed = summary.failed() - (allowRefused ? summary.count(Outcome.State.REFUSED) : 0);
        return failed == 0 && summary.rightShare() >= minRight ? ALL_WELL : NOT_WELL;
    }

    private List<Outcome> run(StreamingClient client, IntFunction<Prompt> prompts, Pace pace)
            throws InterruptedException {
        LoadRun run = new LoadRun(client, prompts, pace, maxTokens);
        try (Progress ignored = Progress.of(run, progress)) {
            return run.run();
        }
    }

    private int fit(StreamingClient client, IntFunction<Prompt> prompts, int most) throws InterruptedException {
        Goodput targets = Goodput.parse(goodput);
        AtomicInteger sent = new AtomicInteger();
        out.println("concurrency   good %   tokens/s   P99 TTFT ms   P99 TPOT ms");
        FitSearch.Found found = new FitSearch(
                        concurrency -> {
                            int count = Math.max(FIT_REQUESTS, FIT_ROUNDS * concurrency);
                            int from = sent.getAndAdd(count);
                            Pace pace = new Pace(
                                    concurrency,
                                    OptionalDouble.empty(),
                                    1,
                                    OptionalInt.of(count),
                                    Optional.empty(),
                                    0,
                                    seed);
                            FitSearch.Trial trial = trial(
                                    concurrency, run(client, index -> prompts.apply(from + index), pace), targets);
                            out.println("%11d %8.1f %10.1f %13.1f %13.1f"
                                    .formatted(
                                            concurrency,
                                            100 * trial.goodShare(),
                                            trial.tokensPerSecond(),
                                            trial.ttftP99(),
                                            trial.tpotP99()));
                            return trial;
                        },
                        most)
                .search();
        out.println(found.largest()
                .map(trial -> "largest stable concurrency %d, %.1f tokens/s"
                        .formatted(trial.concurrency(), trial.tokensPerSecond()))
                .orElse("not even one request at a time reaches the targets"));
        found.knee()
                .ifPresent(trial ->
                        out.println("knee %d, %.1f tokens/s".formatted(trial.concurrency(), trial.tokensPerSecond())));
        return found.largest().isPresent() ? ALL_WELL : NOT_WELL;
    }

    private static FitSearch.Trial trial(int concurrency, List<Outcome> outcomes, Goodput targets) {
        Summary summary = Summary.of(outcomes, targets);
        return new FitSearch.Trial(
                concurrency,
                (double) summary.good() / outcomes.size(),
                summary.perSecond(summary.outputTokens()),
                summary.latency(Summary.Metric.TTFT).percentile(P99),
                summary.latency(Summary.Metric.TPOT).percentile(P99));
    }

    private IntFunction<Prompt> synthetic() {
        if (expectField != null) {
            throw new IllegalArgumentException("--expect-field needs --prompts: random token ids have no answer");
        }
        return new Datasets.Random(source.random, spread, prefix, prefixes, vocabulary, seed).prompts();
    }

    /** @param prompts the requests to send when neither their number nor a duration is given */
    private Pace pace(OptionalInt prompts) {
        OptionalInt given = requests == null ? OptionalInt.empty() : OptionalInt.of(requests);
        OptionalInt count = requests == null && duration == null ? prompts : given;
        int unlimited = rate == null ? 1 : Integer.MAX_VALUE;
        return new Pace(
                concurrency == null ? unlimited : concurrency,
                rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate),
                burst,
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

    /** A file system's exception has the file as its message, and nothing else. */
    private static String inWords(Exception e) {
        return e instanceof FileSystemException
                ? e.getMessage() + ": " + e.getClass().getSimpleName().replace("Exception", "")
                : String.valueOf(e.getMessage());
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
        @Option(
                names = "--prompts",
                paramLabel = "FILE",
                description = "JSON lines with messages or a prompt (text or token ids).")
        private @Nullable Path prompts;

        @Option(
                names = "--sharegpt",
                paramLabel = "FILE",
                description = "Conversations in the form of ShareGPT (a JSON list).")
        private @Nullable Path shareGpt;

        @Option(
                names = {"--random", "--synthetic"},
                paramLabel = "TOKENS",
                description = "Prompts of so many random token ids each.")
        private int random;
    }
}
