package dev.vidda.scheduler;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.scheduler.admission.AdmissionRules;
import dev.vidda.scheduler.admission.Silence;
import dev.vidda.scheduler.queue.RetryAfter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What {@code vidda.scheduler} in the configuration says; see its reference.conf for the meaning of each key.
 *
 * @param tick time between two looks at deadlines
 */
public record SchedulerSettings(AdmissionRules rules, Duration tick) {
    private static final String ROOT = "vidda.scheduler";
    private static final String REQUESTS = "waiting-line.max-requests";
    private static final String POOLS = "waiting-line.max-pools";
    private static final String WAIT = "waiting-line.max-wait";
    private static final String PASSES = "waiting-line.max-passes";
    private static final String QUANTILE = "output-quantile";
    private static final String PENDING = "max-pending";
    private static final String ITL = "itl-target";
    private static final String TTFT = "soft-ttft-target";
    private static final String CONTEXTS = "longest-contexts";
    private static final String START = "start-timeout";
    private static final String QUIET = "worker-silence.quiet";
    private static final String MISSING = "worker-silence.missing";
    private static final String PREFIXES = "prefix-blocks-per-worker";
    private static final String TICK = "tick";
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
        Duration start = scheduler.getDuration(START);
        require(isPositive(start), START, "positive", start);
        int prefixes = scheduler.getInt(PREFIXES);
        require(prefixes >= 0, PREFIXES, "at least 0", prefixes);
        Duration tick = scheduler.getDuration(TICK);
        require(isPositive(tick), TICK, "positive", tick);
        return new SchedulerSettings(
                new AdmissionRules(limits(scheduler), retryAfter(scheduler), start, prefixes, silence(scheduler)),
                tick);
    }

    private static Silence silence(Config scheduler) {
        Duration quiet = scheduler.getDuration(QUIET);
        require(isPositive(quiet), QUIET, "positive", quiet);
        Duration missing = scheduler.getDuration(MISSING);
        require(missing.compareTo(quiet) >= 0, MISSING, "at least " + ROOT + "." + QUIET, missing);
        return new Silence(quiet, missing);
    }

    private static SchedulerLimits limits(Config scheduler) {
        int requests = scheduler.getInt(REQUESTS);
        require(requests >= 0, REQUESTS, "at least 0", requests);
        double pools = scheduler.getDouble(POOLS);
        require(pools >= 1, POOLS, "at least 1", pools);
        Duration wait = scheduler.getDuration(WAIT);
        require(!wait.isNegative(), WAIT, "at least 0", wait);
        double quantile = scheduler.getDouble(QUANTILE);
        require(quantile > 0 && quantile <= 1, QUANTILE, "in (0, 1]", quantile);
        int passes = scheduler.getInt(PASSES);
        require(passes >= 0, PASSES, "at least 0", passes);
        Duration pending = scheduler.getDuration(PENDING);
        require(pending.toMillis() >= 1, PENDING, "at least 1 ms", pending);
        Duration itl = scheduler.getDuration(ITL);
        require(!itl.isNegative(), ITL, "at least 0", itl);
        Duration ttft = scheduler.getDuration(TTFT);
        require(!ttft.isNegative(), TTFT, "at least 0", ttft);
        return new SchedulerLimits(
                requests,
                pools,
                wait.toMillis(),
                quantile,
                passes,
                pending.toMillis(),
                itl.toMillis(),
                ttft.toMillis(),
                contexts(scheduler));
    }

    private static Map<String, Integer> contexts(Config scheduler) {
        Map<String, Integer> contexts = new HashMap<>();
        Config byModel = scheduler.getConfig(CONTEXTS);
        for (String model : byModel.root().keySet()) {
            int tokens = byModel.getInt(ConfigUtil.joinPath(model));
            require(tokens >= 2, CONTEXTS + "." + model, "at least 2", tokens);
            contexts.put(model, tokens);
        }
        return contexts;
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
