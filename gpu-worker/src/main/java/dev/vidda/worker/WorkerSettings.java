package dev.vidda.worker;

import com.typesafe.config.Config;
import dev.vidda.worker.engine.EngineSettings;
import java.time.Duration;

/**
 * What {@code vidda.worker} in the configuration says; see its reference.conf for the meaning of each key.
 *
 * @param reportInterval time between two reports to the schedulers
 * @param pulseInterval time between two signs of life to each gateway
 * @param drainTime time that running requests get to end when the worker's node shuts down
 */
public record WorkerSettings(
        EngineSettings engine, Duration reportInterval, Duration pulseInterval, Duration drainTime) {
    private static final Duration SHORTEST = Duration.ofMillis(10);

    public WorkerSettings {
        atLeast("report-interval", SHORTEST, reportInterval);
        atLeast("pulse-interval", SHORTEST, pulseInterval);
        atLeast("drain-time", Duration.ZERO, drainTime);
    }

    private static void atLeast(String key, Duration least, Duration value) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException("vidda.worker." + key + " must be at least " + least + ", was " + value);
        }
    }

    /**
     * Reads the settings from the whole configuration.
     *
     * @throws com.typesafe.config.ConfigException if a key is missing or has another type
     * @throws IllegalArgumentException naming the key whose value is out of bounds
     */
    public static WorkerSettings from(Config config) {
        return new WorkerSettings(
                EngineSettings.from(config),
                config.getDuration("vidda.worker.report-interval"),
                config.getDuration("vidda.worker.pulse-interval"),
                config.getDuration("vidda.worker.drain-time"));
    }
}
