package dev.vidda.simulator;

/**
 * What makes an answer good.
 *
 * @param ttftMillis the most time until its first token
 * @param itlMillis the most mean time between two of its tokens
 * @param share of the requests that have to be good
 */
public record Slo(double ttftMillis, double itlMillis, double share) {
    /** One second, 50 ms, nine in ten. */
    public static final Slo USUAL = new Slo(1_000, 50, 0.9);

    boolean isMetBy(SimRequest request) {
        return request.isDone()
                && !request.refused
                && request.ttftMillis() <= ttftMillis
                && request.itlMillis() <= itlMillis;
    }
}
