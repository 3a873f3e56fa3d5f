package dev.vidda.scheduler.ledger;

/** Mean and deviation of a stream of lengths, of which old ones fade with each new one. */
final class LengthMoments {
    private static final double FORGETTING = 0.999;

    private double total;
    private double sum;
    private double squares;
    private long seen;

    void add(int length) {
        if (length < 0) {
            throw new IllegalArgumentException("length must not be negative, was " + length);
        }
        total = total * FORGETTING + 1;
        sum = sum * FORGETTING + length;
        squares = squares * FORGETTING + (double) length * length;
        seen++;
    }

    long seen() {
        return seen;
    }

    double mean() {
        return sum / total;
    }

    double deviation() {
        double mean = mean();
        return Math.sqrt(Math.max(0, squares / total - mean * mean));
    }

    @Override
    public String toString() {
        return "%.1f +- %.1f tokens of %d answers".formatted(mean(), deviation(), seen);
    }
}
