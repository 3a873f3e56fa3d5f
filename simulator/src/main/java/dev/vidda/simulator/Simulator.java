package dev.vidda.simulator;

import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.scheduler.admission.AdmissionRules;
import dev.vidda.scheduler.queue.RetryAfter;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Runs simulations by name.
 *
 * @param workers of the cluster
 * @param exact whether workers run the real engine step by step, instead of their sums
 * @param agents what agents' sessions are like
 * @param tuning of the other systems' routers
 */
public record Simulator(
        WorkerShape shape,
        int workers,
        long seed,
        Slo slo,
        SchedulerLimits limits,
        boolean exact,
        AgentShape agents,
        RouterTuning tuning) {
    /**
     * No policy but a bound for all: whatever was computed anywhere is in every worker's cache at no cost, and requests are
     * spread by the tokens that they keep, of which the answers' lengths are known.
     */
    public static final String IDEAL = "ideal";

    private static final int ENDLESS = 1_000_000;
    private static final Duration DRAIN = Duration.ofMinutes(2);

    /** One with the usual agents and routers. */
    public Simulator(WorkerShape shape, int workers, long seed, Slo slo, SchedulerLimits limits, boolean exact) {
        this(shape, workers, seed, slo, limits, exact, AgentShape.USUAL, RouterTuning.DEFAULTS);
    }

    /** The limits that simulations use unless told otherwise: those of the configuration, with an endless queue. */
    public static SchedulerLimits usualLimits() {
        return new SchedulerLimits(ENDLESS, ENDLESS, 0, 0.85, 16, 500, 0, 1_000, Map.of());
    }

    /** The policies that there are. */
    public static List<String> policies() {
        return Policy.names();
    }

    /** Plays a trace of that kind, rate and length under a policy; what has ended of it when this thread is interrupted. */
    public Outcome run(TraceKind kind, String policy, double rate, double seconds) {
        Trace trace = new TraceGenerator(seed, rate, seconds, workers, agents).generate(kind);
        Recorder recorder = new Recorder();
        Set<Long> everywhere = policy.equals(IDEAL) ? new HashSet<>() : null;
        Simulation simulation = new Simulation(
                trace,
                policy(policy),
                workers,
                number -> exact ? new EngineWorker(number, shape) : new CoarseWorker(number, shape, everywhere),
                recorder,
                DRAIN.toNanos());
        return simulation.run()
                ? recorder.outcome(trace, policy, slo)
                : recorder.outcome(trace.ended(), policy, slo).asInterrupted();
    }

    private Policy policy(String name) {
        return switch (name) {
            case "vidda" -> vidda(false);
            case "vidda-refusing" -> vidda(true);
            case "prompt-only" -> new PromptOnlyPolicy(shape);
            case "kv-cost" -> new KvCostPolicy(shape, tuning.overlapWeight());
            case IDEAL -> new RouterPolicy(RouterPolicy.Choice.LEAST_TOKENS, seed, shape, tuning);
            default -> new RouterPolicy(choice(name), seed, shape, tuning);
        };
    }

    /**
     * Vidda's scheduler under this simulator's limits.
     *
     * @param tellsTarget whether requests ask for their first token in time, or else are refused
     */
    ViddaPolicy vidda(boolean tellsTarget) {
        return new ViddaPolicy(rules(limits), slo, exact ? EngineWorker::hashes : this::names, tellsTarget);
    }

    private List<BlockHash> names(SimRequest request) {
        return request.hashes(request.length(), shape.kvShape().blockTokens());
    }

    private AdmissionRules rules(SchedulerLimits given) {
        Duration second = Duration.ofSeconds(1);
        RetryAfter retryAfter = new RetryAfter(second, second, Duration.ofMinutes(2), Duration.ofSeconds(30));
        return new AdmissionRules(given, retryAfter, Duration.ofSeconds(30), shape.kvBlocks());
    }

    private static RouterPolicy.Choice choice(String name) {
        return Arrays.stream(RouterPolicy.Choice.values())
                .filter(each ->
                        each.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no policy " + name + "; there are "
                        + String.join(", ", policies()) + ", and " + IDEAL + " as a bound"));
    }
}
