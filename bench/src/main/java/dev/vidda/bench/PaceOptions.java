package dev.vidda.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** When requests are sent, and how many. */
final class PaceOptions {
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

    /** Whether anything of it was asked for. */
    boolean isAsked() {
        return concurrency != null
                || rate != null
                || burst != 1
                || requests != null
                || duration != null
                || abandon != 0;
    }

    /**
     * All of it.
     *
     * @param prompts the requests to send when neither their number nor a duration is given
     * @param seed of arrivals and abandoned streams
     * @throws IllegalArgumentException naming what is out of bounds
     */
    Pace pace(OptionalInt prompts, long seed) {
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
}
