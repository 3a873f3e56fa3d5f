package dev.vidda.worker.sampling;

import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.TokenLogprobs;
import dev.vidda.worker.step.DrawLimit;
import dev.vidda.worker.step.SampleState;
import dev.vidda.worker.step.StepResult;
import org.jspecify.annotations.Nullable;

/**
 * Draws the next token of a sequence from its logits.
 *
 * <p>The steps, in this order: bias and penalties ({@link Penalties}); log probabilities; stop tokens made impossible
 * while fewer than {@code minTokens} were generated, and what the sequence's {@link DrawLimit} excludes; then, for temperature 0, the largest logit, the lowest id among
 * equals. For other temperatures:
 *
 * <ol>
 *   <li>A token's distance is {@code (largest - logit) / temperature} in float arithmetic, its weight the integer
 *       {@link Weight} of that distance. Tokens are ordered by descending logit, equal logits by ascending id; every
 *       filter keeps a prefix of that order.
 *   <li>Top-k keeps the first k tokens. Top-p keeps the shortest prefix that weighs at least {@code ceil(topP * weight
 *       kept by top-k)}, in double arithmetic. Min-p keeps the tokens whose distance is at most {@code -ln(minP)}, in
 *       double arithmetic rounded to float. The kept weight {@code W} is the smallest of the three.
 *   <li>The random number is the high half of the 128-bit product of {@code W} and {@link Philox#bits} of the sample's
 *       seed and the index of the generated token. The first token up to which the cumulative weight exceeds it is
 *       drawn.
 * </ol>
 *
 * <p>All sums are sums of integers, so a device kernel can repeat the draw bit by bit in any order of summation. The
 * result depends on logits, {@link Sampling}, seed, index and (with penalties) the sequence's tokens, on nothing else.
 *
 * <p>Not thread-safe: one instance a thread. Draws without allocating, but for the result.
 */
public final class Sampler {
    private final int vocabSize;
    private final Penalties penalties;
    private final LogprobsReader logprobs;
    private final ShortList shortList = new ShortList();
    private final ProbabilityOrder order;

    public Sampler(int vocabSize) {
        if (vocabSize < 1) {
            throw new IllegalArgumentException("vocabSize must be at least 1, was " + vocabSize);
        }
        this.vocabSize = vocabSize;
        penalties = new Penalties(vocabSize);
        logprobs = new LogprobsReader(vocabSize);
        order = new ProbabilityOrder(vocabSize);
    }

    /**
     * Draws from {@code logits[offset .. offset + vocabSize)}, which it may overwrite.
     *
     * @return the token, or {@link StepResult#NO_TOKEN} when no logit is finite or one is positive infinity
     */
    public DrawnToken draw(float[] logits, int offset, SampleState state) {
        return draw(logits, offset, state, state.tokenIds()[state.length() - 1]);
    }

    /**
     * Draws as {@link #draw(float[], int, SampleState)} does.
     *
     * @param last the sequence's last token, which {@code state} may not know yet
     */
    public DrawnToken draw(float[] logits, int offset, SampleState state, int last) {
        Sampling sampling = state.sampling();
        if (Penalties.isNeeded(sampling)) {
            penalties.apply(logits, offset, state, last);
        }
        int best = indexOfLargest(logits, offset);
        if (best == StepResult.NO_TOKEN || logits[offset + best] == Float.POSITIVE_INFINITY) {
            return new DrawnToken(StepResult.NO_TOKEN, null);
        }
        if (sampling.topLogprobs() >= 0) {
            logprobs.read(logits, offset, logits[offset + best], sampling.topLogprobs());
        }
        if (state.generated() < sampling.minTokens() && !sampling.stopTokens().isEmpty()) {
            Penalties.maskStopTokens(logits, offset, vocabSize, sampling);
            best = indexOfLargest(logits, offset);
        }
        DrawLimit limit = state.limit();
        if (limit != null) {
            limit.apply(logits, offset, vocabSize);
            best = indexOfLargest(logits, offset);
        }
        if (best == StepResult.NO_TOKEN) {
            return new DrawnToken(StepResult.NO_TOKEN, null);
        }
        int token = sampling.temperature() == 0 ? best : drawByWeight(logits, offset, logits[offset + best], state);
        return new DrawnToken(token, logprobsOf(logits[offset + token], sampling));
    }

    private @Nullable TokenLogprobs logprobsOf(float logit, Sampling sampling) {
        return sampling.topLogprobs() < 0 ? null : logprobs.of(logit);
    }

    private int drawByWeight(float[] logits, int offset, float largest, SampleState state) {
        Sampling sampling = state.sampling();
        float limit = sampling.minP() == 0 ? Float.POSITIVE_INFINITY : (float) -StrictMath.log(sampling.minP());
        long random = Philox.bits(state.seed(), state.generated());
        if (sampling.topK() > 0 && sampling.topK() <= ShortList.LONGEST) {
            shortList.load(logits, offset, vocabSize, sampling.topK(), sampling.temperature());
            long kept = shortList.total();
            if (sampling.topP() < 1) {
                kept = shortList.weightReaching(topPReach(sampling, kept));
            }
            kept = Math.min(kept, shortList.weightWithin(limit));
            return shortList.tokenAt(Math.unsignedMultiplyHigh(random, kept));
        }
        order.load(logits, offset, largest, sampling.temperature(), limit);
        long kept = sampling.topK() > 0 ? order.weightOfFirst(sampling.topK()) : order.total();
        if (sampling.topP() < 1) {
            kept = order.weightReaching(topPReach(sampling, kept));
        }
        kept = Math.min(kept, order.weightWithinLimit());
        return order.tokenAt(Math.unsignedMultiplyHigh(random, kept));
    }

    private static long topPReach(Sampling sampling, long kept) {
        return Math.clamp((long) Math.ceil((double) sampling.topP() * (double) kept), 1, kept);
    }

    /** The lowest id with the largest logit; NaN and negative infinity do not count. */
    private int indexOfLargest(float[] logits, int offset) {
        int best = StepResult.NO_TOKEN;
        float largest = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < vocabSize; id++) {
            if (logits[offset + id] > largest) {
                largest = logits[offset + id];
                best = id;
            }
        }
        return best;
    }
}
