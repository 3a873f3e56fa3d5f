package dev.vidda.worker;

import com.typesafe.config.Config;
import dev.vidda.worker.engine.EngineSettings;
import java.time.Duration;

/**
 * What {@code vidda.worker} in the configuration says; see its reference.conf for the meaning of each key.
 *
 * @param reportInterval time between two reports to the scheduler
 */
public record WorkerSettings(EngineSettings engine, Duration reportInterval) {
    private static final Duration SHORTEST = Duration.ofMillis(10);

    public WorkerSettings {
        if (reportInterval.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    "vidda.worker.report-interval must be at least " + SHORTEST + ", was " + reportInterval);
        }
    }

    /**
     * Reads the settings from the whole configuration.
     *
     * @throws com.typesafe.config.ConfigException if a key is missing or has another type
     * @throws IllegalArgumentException naming the key whose value is out of bounds
     */
    public static WorkerSettings from(Config config) {
        return new WorkerSettings(EngineSettings.from(config), config.getDuration("vidda.worker.report-interval"));
    }
}
