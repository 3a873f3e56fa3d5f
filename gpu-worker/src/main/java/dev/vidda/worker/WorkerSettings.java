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
 * @param stepTimeout time after which a step of a device that computes on its own is taken for hanging
 * @param firstStepTimeout the same for its first steps
 */
public record WorkerSettings(
        EngineSettings engine,
        Duration reportInterval,
        Duration pulseInterval,
        Duration drainTime,
        Duration stepTimeout,
        Duration firstStepTimeout) {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration SHORTEST_STEP_TIMEOUT = Duration.ofSeconds(1);

    public WorkerSettings {
        atLeast("report-interval", SHORTEST, reportInterval);
        atLeast("pulse-interval", SHORTEST, pulseInterval);
        atLeast("drain-time", Duration.ZERO, drainTime);
        atLeast("step-timeout", SHORTEST_STEP_TIMEOUT, stepTimeout);
        atLeast("first-step-timeout", stepTimeout, firstStepTimeout);
    }

    private static void atLeast(String key, Duration least, Duration value) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException("vidda.worker." + key + " must be at least " + least + ", was " + value);
        }
    }

    Stall.Limits stall() {
        return new Stall.Limits(stepTimeout, firstStepTimeout);
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
                config.getDuration("vidda.worker.drain-time"),
                config.getDuration("vidda.worker.step-timeout"),
                config.getDuration("vidda.worker.first-step-timeout"));
    }
}
