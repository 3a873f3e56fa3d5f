package dev.vidda.simulator;

import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Makes traces. All lengths and times are drawn, from the seed alone. */
public final class TraceGenerator {
    private static final double SECOND = 1e9;
    private static final int ANSWER_LIMIT = 1_024;
    private static final double LONG_SHARE = 0.1;
    private static final double BURST_SECONDS = 5;
    private static final double BURST_FACTOR = 4;

    private final RandomGenerator random;
    private final double rate;
    private final double seconds;
    private final int workers;
    private final AgentShape shape;
    private long texts = 1_000_000;
    private long measuredFrom;

    /**
     * A generator of one trace.
     *
     * @param rate requests a second, on average
     * @param seconds for how long they arrive
     * @param workers of the cluster, for those that fail
     * @param shape of agents' sessions
     */
    public TraceGenerator(long seed, double rate, double seconds, int workers, AgentShape shape) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.rate = rate;
        this.seconds = seconds;
        this.workers = workers;
        this.shape = shape;
    }

    public Trace generate(TraceKind kind) {
        List<Arrival> arrivals = switch (kind) {
            case SHAREGPT, FAILURES -> poisson(this::chat);
            case LONG -> poisson(() -> random.nextDouble() < LONG_SHARE ? longPrompt() : chat());
            case AGENTS -> agents();
            case BURSTS -> bursts();
            case TENANTS -> tenants();
        };
        arrivals.sort(Comparator.comparingLong(Arrival::nanos));
        List<SimRequest> requests = new ArrayList<>(arrivals.size());
        for (Arrival arrival : arrivals) {
            requests.add(new SimRequest(requests.size(), arrival.nanos(), arrival.shape()));
        }
        return new Trace(kind.label(), requests, kind == TraceKind.FAILURES ? failures() : List.of(), measuredFrom);
    }

    /** Takes a request that arrives at that second. */
    interface Sink {
        void arrive(double at, SimRequest.Shape shape);
    }

    private record Arrival(long nanos, SimRequest.Shape shape) {}

    /** Draws the next request's shape. */
    private interface Draw {
        SimRequest.Shape next();
    }

    private List<Arrival> poisson(Draw draw) {
        List<Arrival> arrivals = new ArrayList<>();
        for (double at = gap(rate); at < seconds; at += gap(rate)) {
            arrivals.add(new Arrival((long) (at * SECOND), draw.next()));
        }
        return arrivals;
    }

    private List<Arrival> bursts() {
        List<Arrival> arrivals = new ArrayList<>();
        double quiet = 2 * rate / (1 + BURST_FACTOR);
        for (double at = gap(quiet); at < seconds; ) {
            boolean isBurst = (long) (at / BURST_SECONDS) % 2 == 1;
            arrivals.add(new Arrival((long) (at * SECOND), chat()));
            at += gap(isBurst ? BURST_FACTOR * quiet : quiet);
        }
        return arrivals;
    }

    private List<Arrival> tenants() {
        List<Tenant> tenants = List.of(
                new Tenant("gold", 4, 0),
                new Tenant("silver", 2, 0),
                new Tenant("bronze", 1, 0),
                new Tenant("flood", 1, 0));
        double[] demand = {0.25, 0.15, 0.1, 0.5};
        return poisson(() -> {
            double drawn = random.nextDouble();
            int tenant = 0;
            while (tenant < demand.length - 1 && drawn >= demand[tenant]) {
                drawn -= demand[tenant++];
            }
            return chat(tenants.get(tenant));
        });
    }

    private List<Arrival> agents() {
        List<Arrival> arrivals = new ArrayList<>();
        AgentSessions sessions = new AgentSessions(
                shape, random, seconds, (at, drawn) -> arrivals.add(new Arrival((long) (at * SECOND), drawn)));
        sessions.draw(rate);
        measuredFrom = (long) (sessions.warmUpSeconds() * SECOND);
        return arrivals;
    }

    private List<Trace.Failure> failures() {
        List<Trace.Failure> failures = new ArrayList<>();
        double each = Math.max(1, workers / 16.0);
        for (double at = seconds / 4; at < seconds; at += seconds / 4) {
            for (int i = 0; i < each; i++) {
                long from = (long) (at * SECOND);
                failures.add(new Trace.Failure(random.nextInt(workers), from, from + (long) (10 * SECOND)));
            }
        }
        return failures;
    }

    private SimRequest.Shape chat() {
        return chat(Tenant.ANYONE);
    }

    private SimRequest.Shape chat(Tenant tenant) {
        return alone(lengthOf(220, 1.1, 8, 4_096), lengthOf(220, 0.9, 2, ANSWER_LIMIT), tenant);
    }

    private SimRequest.Shape longPrompt() {
        int prompt = (int) (8_192 * Math.pow(8, random.nextDouble()));
        return alone(prompt, lengthOf(220, 0.9, 2, ANSWER_LIMIT), Tenant.ANYONE);
    }

    private SimRequest.Shape alone(int prompt, int output, Tenant tenant) {
        return new SimRequest.Shape(prompt, output, ANSWER_LIMIT, tenant, ServiceClass.STANDARD, Text.alone(texts++));
    }

    /** A log-normal length with that mean, as it would be without the bounds. */
    private int lengthOf(double mean, double sigma, int least, int most) {
        double drawn = Math.exp(Math.log(mean) - sigma * sigma / 2 + sigma * random.nextGaussian());
        return (int) Math.clamp(Math.round(drawn), least, most);
    }

    private double gap(double perSecond) {
        return random.nextExponential() / perSecond;
    }
}
