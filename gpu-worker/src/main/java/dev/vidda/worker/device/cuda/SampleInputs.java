package dev.vidda.worker.device.cuda;

import dev.vidda.protocol.Sampling;
import dev.vidda.worker.step.DrawLimit;
import dev.vidda.worker.step.SampleLimits;
import dev.vidda.worker.step.SampleState;
import dev.vidda.worker.step.StepBatch;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the sampling kernels need of each sampled row. */
final class SampleInputs {
    /** The most entries of one row: biases and impossible tokens. */
    static final int MOST_ENTRIES = SampleLimits.MOST_BIASES + SampleLimits.MOST_STOP_TOKENS;

    /** Ints of {@code struct Adjustment} of the kernels. */
    static final int ADJUSTMENT_INTS = 12;

    private final StepInputs inputs;
    /** 64 tokens each. */
    private final int allowedWords;

    private final long[] allowed;
    private int entries;
    private int limits;

    /** @param vocabulary the most logits of a row */
    SampleInputs(StepInputs inputs, int vocabulary) {
        this.inputs = inputs;
        allowedWords = allowedWords(vocabulary);
        allowed = new long[allowedWords];
    }

    /** Words of a row of {@link StepInputs#allowed}. */
    static int allowedWords(int vocabulary) {
        return Math.ceilDiv(vocabulary, Long.SIZE);
    }

    /** Entries that the last {@link #fill} wrote. */
    int entries() {
        return entries;
    }

    /** Words of allowed tokens that the last {@link #fill} wrote. */
    int filledWords() {
        return limits * allowedWords;
    }

    /** Writes all rows. */
    void fill(StepBatch batch) {
        inputs.put(inputs.count, 0, batch.sampled());
        int sequence = 0;
        entries = 0;
        limits = 0;
        for (int i = 0; i < batch.sampled(); i++) {
            SampleState state = batch.samples()[i];
            fillDraw(i, state);
            while (batch.queryStarts()[sequence + 1] <= batch.sampleRows()[i]) {
                sequence++;
            }
            inputs.put(inputs.adjustments, ADJUSTMENT_INTS * i, isAdjusted(state) ? 1 : 0);
            if (isAdjusted(state)) {
                fillHistory(i, state, batch, sequence);
                fillAdjustment(i, state);
            }
        }
    }

    private void fillDraw(int row, SampleState state) {
        Sampling sampling = state.sampling();
        inputs.put(inputs.temperature, row, sampling.temperature());
        inputs.put(inputs.topP, row, sampling.topP());
        inputs.put(inputs.topK, row, sampling.topK());
        float limit = sampling.minP() == 0 ? Float.POSITIVE_INFINITY : (float) -StrictMath.log(sampling.minP());
        inputs.put(inputs.limit, row, limit);
        inputs.put(inputs.seeds, row, state.seed());
        inputs.put(inputs.indices, row, state.generated());
    }

    private void fillHistory(int row, SampleState state, StepBatch batch, int sequence) {
        int at = ADJUSTMENT_INTS * row;
        inputs.put(inputs.adjustments, at + 1, batch.blockStarts()[sequence]);
        inputs.put(inputs.adjustments, at + 2, batch.contexts()[sequence]);
        inputs.put(inputs.adjustments, at + 3, state.promptLength());
    }

    private void fillAdjustment(int row, SampleState state) {
        Sampling sampling = state.sampling();
        int at = ADJUSTMENT_INTS * row;
        inputs.put(inputs.adjustments, at + 4, sampling.repetitionPenalty());
        inputs.put(inputs.adjustments, at + 5, sampling.presencePenalty());
        inputs.put(inputs.adjustments, at + 6, sampling.frequencyPenalty());
        inputs.put(inputs.adjustments, at + 7, entries);
        for (Map.Entry<Integer, Float> bias : sampling.logitBias().entrySet()) {
            inputs.put(inputs.entries, 2 * entries, bias.getKey());
            inputs.put(inputs.entries, 2 * entries++ + 1, bias.getValue());
        }
        inputs.put(inputs.adjustments, at + 8, entries);
        for (int i = 0; isMasked(state) && i < sampling.stopTokens().size(); i++) {
            inputs.put(inputs.entries, 2 * entries++, sampling.stopTokens().get(i));
        }
        inputs.put(inputs.adjustments, at + 9, entries);
        inputs.put(inputs.adjustments, at + 10, sampling.topLogprobs());
        inputs.put(inputs.adjustments, at + 11, fillLimit(state.limit()));
    }

    /** Writes the tokens that a limit allows, and gives the number of their row, or -1 for no limit. */
    private int fillLimit(@Nullable DrawLimit limit) {
        if (limit == null) {
            return -1;
        }
        limit.allowed(allowed);
        for (int i = 0; i < allowedWords; i++) {
            inputs.put(inputs.allowed, limits * allowedWords + i, allowed[i]);
        }
        return limits++;
    }

    /** Whether a row's logits are changed or reported before the draw. */
    private static boolean isAdjusted(SampleState state) {
        Sampling sampling = state.sampling();
        return sampling.repetitionPenalty() != 1
                || sampling.presencePenalty() != 0
                || sampling.frequencyPenalty() != 0
                || !sampling.logitBias().isEmpty()
                || sampling.topLogprobs() >= 0
                || state.limit() != null
                || isMasked(state);
    }

    private static boolean isMasked(SampleState state) {
        return state.generated() < state.sampling().minTokens()
                && !state.sampling().stopTokens().isEmpty();
    }
}
