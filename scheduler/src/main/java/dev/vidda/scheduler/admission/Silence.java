package dev.vidda.scheduler.admission;

import java.time.Duration;

/**
 * What it means that a worker does not report.
 *
 * @param quiet one that has not for so long gets nothing new until it does; if all workers of a model are quiet, its requests wait
 * @param missing one that has not for so long counts as none: what only it could run is refused
 */
public record Silence(Duration quiet, Duration missing) {
    /** Workers are there until they leave. */
    public static final Silence MEANS_NOTHING =
            new Silence(Duration.ofNanos(Long.MAX_VALUE), Duration.ofNanos(Long.MAX_VALUE));

    public Silence {
        if (quiet.isNegative() || quiet.isZero() || missing.compareTo(quiet) < 0) {
            throw new IllegalArgumentException(
                    "a worker must be quiet before it is missing, but that is after %s and %s"
                            .formatted(quiet, missing));
        }
    }
}
