package dev.vidda.scheduler.placement;

import dev.vidda.protocol.StepSample;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a step costs, learned from steps: {@code a + b * prefill + c * sequences + d * kv + e * pairs}, in milliseconds,
 * where pairs are those that the attention of prompts computes.
 *
 * <p>Recursive least squares in its information form: the moments of what was seen fade with each sample, a prior that
 * never fades keeps unseen directions sane, and coefficients are kept from being negative, so that more work never
 * seems to take less time.
 */
public final class StepTimeModel {
    private static final int TERMS = 5;
    /** Bring all terms of a usual step to the order of one. */
    private static final double[] UNIT = {1, 1e-3, 1e-2, 1e-5, 1e-7};
    /** A careful guess for a model of some billions of parameters on a large GPU, in milliseconds per unit. */
    private static final double[] PRIOR = {10, 20, 2, 10, 15};

    private static final double FORGETTING = 0.999;
    private static final double PRIOR_WEIGHT = 0.001;
    private static final int SWEEPS = 12;
    private static final double MICROS = 1_000;
    private static final int ENOUGH = 64;
    private static final int SETTLED = 4_096;

    private final double[][] moments = new double[TERMS][TERMS];
    private final double[] targets = new double[TERMS];
    private final @Nullable StepTimeModel kind;
    private double[] coefficients = PRIOR.clone();
    private final double[] terms = new double[TERMS];
    private long samples;
    private long solutions;

    /** A model that has seen nothing. */
    public StepTimeModel() {
        this.kind = null;
    }

    /**
     * The model of one of many alike.
     *
     * @param kind learns from all of them, and speaks for this one until it has seen enough
     */
    public StepTimeModel(StepTimeModel kind) {
        this.kind = kind;
    }

    /** Takes note of steps. */
    public void observe(Iterable<StepSample> steps) {
        boolean any = false;
        for (StepSample step : steps) {
            observe(step);
            any = true;
        }
        if (any) {
            solve();
        }
        if (kind != null && (!isLearned() || !kind.isSettled())) {
            kind.observe(steps);
        }
    }

    private boolean isSettled() {
        return samples >= SETTLED;
    }

    private double[] known() {
        return kind != null && !isLearned() ? kind.known() : coefficients;
    }

    /** Whether so much was seen that predictions are its own. */
    public boolean isLearned() {
        return samples >= ENOUGH;
    }

    /** Whether predictions come from steps that were seen, its own or those of its kind. */
    public boolean isTrusted() {
        return isLearned() || (kind != null && kind.isLearned());
    }

    /** Changes with every change of the predictions. */
    public long version() {
        return solutions;
    }

    /** The time of a step without prompts. */
    public double decodeMillis(double sequences, double kvTokens) {
        double[] known = known();
        return known[0] + known[2] * UNIT[2] * sequences + known[3] * UNIT[3] * kvTokens;
    }

    /** What a sequence of so many tokens adds to each step. */
    public double addedDecodeMillis(double sequences, double kvTokens) {
        double[] known = known();
        return known[2] * UNIT[2] * sequences + known[3] * UNIT[3] * kvTokens;
    }

    /** What prompt tokens add to the steps that compute them. */
    public double prefillMillis(double tokens, double pairs) {
        double[] known = known();
        return known[1] * UNIT[1] * tokens + known[4] * UNIT[4] * pairs;
    }

    /** The time of computing a prompt in an otherwise empty step. */
    public double promptMillis(Work work) {
        return decodeMillis(0, 0) + prefillMillis(work.computedTokens(), work.pairs());
    }

    private void observe(StepSample step) {
        terms[0] = 1;
        terms[1] = UNIT[1] * step.prefillTokens();
        terms[2] = UNIT[2] * step.decodeSequences();
        terms[3] = UNIT[3] * step.kvTokens();
        terms[4] = UNIT[4] * step.prefillPairs();
        double millis = step.micros() / MICROS;
        for (int i = 0; i < TERMS; i++) {
            for (int j = 0; j < TERMS; j++) {
                moments[i][j] = FORGETTING * moments[i][j] + terms[i] * terms[j];
            }
            targets[i] = FORGETTING * targets[i] + terms[i] * millis;
        }
        samples++;
    }

    /** Coordinate descent on the quadratic form, within non-negative coefficients. */
    private void solve() {
        double[] solved = coefficients.clone();
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (int i = 0; i < TERMS; i++) {
                double residual = targets[i] + PRIOR_WEIGHT * PRIOR[i];
                for (int j = 0; j < TERMS; j++) {
                    residual -= i == j ? 0 : moments[i][j] * solved[j];
                }
                solved[i] = Math.max(0, residual / (moments[i][i] + PRIOR_WEIGHT));
            }
        }
        coefficients = solved;
        solutions++;
    }

    @Override
    public String toString() {
        return "a, b, c, d, e = " + Arrays.toString(coefficients) + " after " + samples + " samples";
    }
}
