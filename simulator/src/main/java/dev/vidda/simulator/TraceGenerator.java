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
    private static final int TEMPLATES = 32;
    private static final int TEMPLATE_TOKENS = 2_048;
    private static final double BURST_SECONDS = 5;
    private static final double BURST_FACTOR = 4;

    /** Agents come back about every six seconds: by then nearly all that were under way at the start have been seen. */
    private static final double WARM_UP_SECONDS = 15;

    private static final double MEAN_TURNS = 12;
    private static final double MEAN_ANSWER = 150;
    private static final double PAUSE_SECONDS = 3;
    private static final double SECONDS_PER_TOKEN = 0.02;

    private final RandomGenerator random;
    private final double rate;
    private final double seconds;
    private final int workers;
    private long texts = 1_000_000;

    /**
     * A generator of one trace.
     *
     * @param rate requests a second, on average
     * @param seconds for how long they arrive
     * @param workers of the cluster, for those that fail
     */
    public TraceGenerator(long seed, double rate, double seconds, int workers) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.rate = rate;
        this.seconds = seconds;
        this.workers = workers;
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
        return new Trace(
                kind.label(),
                requests,
                kind == TraceKind.FAILURES ? failures() : List.of(),
                kind == TraceKind.AGENTS ? (long) (WARM_UP_SECONDS * SECOND) : 0);
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

    /**
     * Sessions begin at random, in so far as their turns make the rate. Those under way at the start come in mid-session,
     * and find nothing of theirs in any cache, which is why the first seconds are not measured.
     */
    private List<Arrival> agents() {
        List<Arrival> arrivals = new ArrayList<>();
        double lead = 2 * MEAN_TURNS * (PAUSE_SECONDS + SECONDS_PER_TOKEN * MEAN_ANSWER);
        double end = WARM_UP_SECONDS + seconds;
        double perSecond = rate / MEAN_TURNS;
        for (double at = gap(perSecond) - lead; at < end; at += gap(perSecond)) {
            session(at, end, lengthOf(MEAN_TURNS, 0.4, 3, 40), arrivals);
        }
        return arrivals;
    }

    private void session(double begin, double end, int turns, List<Arrival> arrivals) {
        long template = random.nextInt(TEMPLATES);
        long own = texts++;
        int prompt = TEMPLATE_TOKENS;
        double at = begin;
        for (int turn = 0; turn < turns; turn++) {
            prompt += lengthOf(500, 0.8, 32, 4_000);
            int output = lengthOf(MEAN_ANSWER, 0.6, 16, ANSWER_LIMIT);
            if (at >= 0 && at < end) {
                arrivals.add(new Arrival(
                        (long) (at * SECOND),
                        new SimRequest.Shape(
                                prompt,
                                output,
                                ANSWER_LIMIT,
                                Tenant.ANYONE,
                                ServiceClass.STANDARD,
                                template,
                                TEMPLATE_TOKENS,
                                own)));
            }
            prompt += output;
            at += SECONDS_PER_TOKEN * output + gap(1 / PAUSE_SECONDS);
        }
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
        return new SimRequest.Shape(prompt, output, ANSWER_LIMIT, tenant, ServiceClass.STANDARD, 0, 0, texts++);
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
