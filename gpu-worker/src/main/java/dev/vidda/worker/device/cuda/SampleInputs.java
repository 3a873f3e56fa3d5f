package dev.vidda.worker.device.cuda;

import dev.vidda.protocol.Sampling;
import dev.vidda.worker.step.SampleState;
import dev.vidda.worker.step.StepBatch;

/** What the sampling kernel needs of each sampled row, and which rows the host must draw instead. */
final class SampleInputs {
    private SampleInputs() {}

    static void fill(StepInputs inputs, StepBatch batch) {
        inputs.put(inputs.count, 0, batch.sampled());
        for (int i = 0; i < batch.sampled(); i++) {
            SampleState state = batch.samples()[i];
            Sampling sampling = state.sampling();
            // What the host draws is not drawn twice.
            inputs.put(inputs.temperature, i, needsHost(state) ? 0 : sampling.temperature());
            inputs.put(inputs.topP, i, sampling.topP());
            inputs.put(inputs.topK, i, sampling.topK());
            float limit = sampling.minP() == 0 ? Float.POSITIVE_INFINITY : (float) -StrictMath.log(sampling.minP());
            inputs.put(inputs.limit, i, limit);
            inputs.put(inputs.seeds, i, state.seed());
            inputs.put(inputs.indices, i, state.generated());
        }
    }

    /** Whether a row's logits must be changed or reported before the draw, which the kernel does not do. */
    static boolean needsHost(SampleState state) {
        Sampling sampling = state.sampling();
        return sampling.repetitionPenalty() != 1
                || sampling.presencePenalty() != 0
                || sampling.frequencyPenalty() != 0
                || !sampling.logitBias().isEmpty()
                || sampling.topLogprobs() >= 0
                || state.limit() != null
                || (state.generated() < sampling.minTokens()
                        && !sampling.stopTokens().isEmpty());
    }
}
