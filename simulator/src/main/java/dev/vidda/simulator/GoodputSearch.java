package dev.vidda.simulator;

/**
 * Finds the highest rate of requests at which enough of them are good: the goodput of a policy. By bisection on rates that
 * the first doubling encloses, to a given precision; each rate plays a trace of its own from the same seed.
 */
public final class GoodputSearch {
    private final Simulator simulator;
    private final TraceKind kind;
    private final double seconds;
    private final double precision;

    /**
     * A search.
     *
     * @param seconds in which requests arrive, at each rate
     * @param precision relative width of the interval at which it ends
     */
    public GoodputSearch(Simulator simulator, TraceKind kind, double seconds, double precision) {
        this.simulator = simulator;
        this.kind = kind;
        this.seconds = seconds;
        this.precision = precision;
    }

    /**
     * The highest rate found, and what came of it.
     *
     * @param outcome at that rate
     * @param interrupted whether the search was ended early: then a higher rate may be good, or even this one is not
     */
    public record Goodput(double rate, Outcome outcome, boolean interrupted) {}

    /** Searches for one policy, from a rate that may be good or not; until this thread is interrupted, which it stays. */
    public Goodput of(String policy, double from) {
        double low = from;
        Outcome best = simulator.run(kind, policy, low, seconds);
        double high = from;
        if (isGood(best)) {
            while (!isInterrupted()) {
                high = low * 1.5;
                Outcome tried = simulator.run(kind, policy, high, seconds);
                if (!isGood(tried)) {
                    break;
                }
                low = high;
                best = tried;
            }
        } else {
            while (!isGood(best) && !isInterrupted()) {
                high = low;
                low = high / 1.5;
                best = simulator.run(kind, policy, low, seconds);
            }
        }
        while (high - low > precision * low && !isInterrupted()) {
            double middle = (low + high) / 2;
            Outcome tried = simulator.run(kind, policy, middle, seconds);
            if (isGood(tried)) {
                low = middle;
                best = tried;
            } else {
                high = middle;
            }
        }
        return new Goodput(low, best, isInterrupted());
    }

    private static boolean isInterrupted() {
        return Thread.currentThread().isInterrupted();
    }

    private boolean isGood(Outcome outcome) {
        return !outcome.interrupted() && outcome.attainment() >= simulator.slo().share();
    }
}
