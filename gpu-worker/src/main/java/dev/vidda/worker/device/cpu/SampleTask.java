package dev.vidda.worker.device.cpu;

import dev.vidda.worker.sampling.DrawnToken;
import dev.vidda.worker.sampling.Sampler;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Draws a token from each row of logits; in chunks of a row. */
@SuppressWarnings("NullAway.Init") // what a task works on is set before it runs
final class SampleTask implements Team.Task {
    private final Team team;
    private final @Nullable Sampler[] samplers;
    private final DrawnToken[] drawn;
    private int vocabSize;
    private CpuActivation logits;
    private StepBatch batch = new StepBatch(1, 1);
    private int[] tokenIds = {};

    SampleTask(Team team, int maxRows) {
        this.team = team;
        samplers = new Sampler[team.threads()];
        drawn = new DrawnToken[maxRows];
    }

    /** @param ids token id of each of the batch's rows */
    void run(CpuActivation newLogits, StepBatch newBatch, int[] ids, StepResult result) {
        logits = newLogits;
        batch = newBatch;
        tokenIds = ids;
        if (vocabSize != newLogits.width()) {
            vocabSize = newLogits.width();
            Arrays.fill(samplers, null);
        }
        team.run(batch.sampled(), this);
        for (int i = 0; i < batch.sampled(); i++) {
            result.add(drawn[i].token(), drawn[i].logprobs());
        }
    }

    @Override
    public void run(int chunk, int thread) {
        Sampler sampler = samplers[thread];
        if (sampler == null) {
            sampler = new Sampler(vocabSize);
            samplers[thread] = sampler;
        }
        int last = tokenIds[batch.sampleRows()[chunk]];
        drawn[chunk] = sampler.draw(logits.data(), chunk * logits.stride(), batch.samples()[chunk], last);
    }
}
