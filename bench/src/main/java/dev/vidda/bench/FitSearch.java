package dev.vidda.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the largest concurrency at which a server still serves well, and the knee: the smallest at which it gives nearly
 * all of its throughput. Concurrency doubles until a run is not good, then halves the gap. Pure but for the runs.
 */
final class FitSearch {
    /** A run is good if so many of its requests are. */
    private static final double GOOD_SHARE = 0.99;
    /** The knee gives this share of the best throughput. */
    private static final double KNEE_SHARE = 0.9;

    private final List<Trial> trials = new ArrayList<>();
    private final Runs runs;
    private final int most;

    /** Runs a load of so many concurrent requests. */
    @FunctionalInterface
    interface Runs {
        Trial at(int concurrency) throws InterruptedException;
    }

    /**
     * One run.
     *
     * @param goodShare of its requests
     * @param tokensPerSecond of all good streams together
     */
    record Trial(int concurrency, double goodShare, double tokensPerSecond, double ttftP99, double tpotP99) {
        boolean good() {
            return goodShare >= GOOD_SHARE;
        }
    }

    /**
     * What was found; the first two are empty if not even one request at a time is served well.
     *
     * @param interrupted whether the search ended before it had found all
     */
    record Found(Optional<Trial> largest, Optional<Trial> knee, List<Trial> trials, boolean interrupted) {}

    /** @param most the largest concurrency to try */
    FitSearch(Runs runs, int most) {
        this.runs = runs;
        this.most = most;
    }

    /** Tries until it is found, or until a run is interrupted. */
    Found search() {
        boolean interrupted = false;
        try {
            narrow();
        } catch (InterruptedException e) {
            interrupted = true;
        }
        trials.sort((a, b) -> Integer.compare(a.concurrency(), b.concurrency()));
        List<Trial> served = trials.stream().filter(Trial::good).toList();
        double best = served.stream().mapToDouble(Trial::tokensPerSecond).max().orElse(0);
        return new Found(
                served.isEmpty() ? Optional.empty() : Optional.of(served.getLast()),
                served.stream()
                        .filter(trial -> trial.tokensPerSecond() >= KNEE_SHARE * best)
                        .findFirst(),
                List.copyOf(trials),
                interrupted);
    }

    private void narrow() throws InterruptedException {
        int good = 0;
        int bad = most + 1;
        for (int next = 1; next <= most; next = Math.min(next * 2, most)) {
            if (!run(next)) {
                bad = next;
                break;
            }
            good = next;
            if (next == most) {
                break;
            }
        }
        while (bad - good > Math.max(1, good / 16)) {
            int middle = (good + bad) / 2;
            if (run(middle)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
    }

    private boolean run(int concurrency) throws InterruptedException {
        Trial trial = runs.at(concurrency);
        trials.add(trial);
        return trial.good();
    }
}
