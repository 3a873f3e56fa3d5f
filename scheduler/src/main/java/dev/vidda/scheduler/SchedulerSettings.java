package dev.vidda.scheduler;

import com.typesafe.config.Config;
import dev.vidda.scheduler.admission.AdmissionLimits;
import dev.vidda.scheduler.admission.RetryAfter;
import java.time.Duration;

/** What {@code vidda.scheduler} in the configuration says; see its reference.conf for the meaning of each key. */
public record SchedulerSettings(AdmissionLimits limits) {
    private static final String ROOT = "vidda.scheduler";
    private static final String REQUESTS = "waiting-line.max-requests";
    private static final String POOLS = "waiting-line.max-pools";
    private static final String INITIAL = "retry-after.initial";
    private static final String SHORTEST = "retry-after.shortest";
    private static final String LONGEST = "retry-after.longest";
    private static final String MEMORY = "retry-after.memory";

    /**
     * Reads the settings from the whole configuration.
     *
     * @throws com.typesafe.config.ConfigException if a key is missing or of the wrong type
     * @throws IllegalArgumentException naming the key, its bound and its value, if a value is out of bounds
     */
    public static SchedulerSettings from(Config config) {
        Config scheduler = config.getConfig(ROOT);
        int requests = scheduler.getInt(REQUESTS);
        require(requests >= 0, REQUESTS, "at least 0", requests);
        double pools = scheduler.getDouble(POOLS);
        require(pools >= 1, POOLS, "at least 1", pools);
        return new SchedulerSettings(new AdmissionLimits(requests, pools, retryAfter(scheduler)));
    }

    private static RetryAfter retryAfter(Config scheduler) {
        Duration shortest = scheduler.getDuration(SHORTEST);
        require(isPositive(shortest), SHORTEST, "positive", shortest);
        Duration longest = scheduler.getDuration(LONGEST);
        require(longest.compareTo(shortest) >= 0, LONGEST, "at least " + ROOT + "." + SHORTEST, longest);
        Duration initial = scheduler.getDuration(INITIAL);
        boolean between = initial.compareTo(shortest) >= 0 && initial.compareTo(longest) <= 0;
        require(between, INITIAL, "between " + shortest + " and " + longest, initial);
        Duration memory = scheduler.getDuration(MEMORY);
        require(isPositive(memory), MEMORY, "positive", memory);
        return new RetryAfter(initial, shortest, longest, memory);
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean holds, String key, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("%s.%s must be %s, was %s".formatted(ROOT, key, rule, value));
        }
    }
}
