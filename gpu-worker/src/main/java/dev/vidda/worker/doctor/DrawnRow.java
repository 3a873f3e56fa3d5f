package dev.vidda.worker.doctor;

import dev.vidda.protocol.Sampling;
import dev.vidda.worker.step.DrawLimit;
import dev.vidda.worker.step.SampleState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A sequence frozen before one draw. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DrawnRow(
        Sampling sampling,
        long seed,
        int[] tokenIds,
        int promptLength,
        @Nullable DrawLimit limit) implements SampleState {
    private static final int MOST_LOGPROBS = 128;

    /** The most likely token. */
    static final DrawnRow GREEDY = new DrawnRow(Sampling.greedy(64, List.of()), 0, new int[1], 1, null);

    /**
     * Any sampling: every filter, penalty and bias on and off, stop tokens that cannot be drawn yet, a limit like that of a
     * grammar, log probabilities.
     *
     * @param ids the sequence's tokens, any part of which may be its prompt
     * @param vocabulary biases go to its tokens
     */
    static DrawnRow random(Random random, int index, int[] ids, int vocabulary) {
        float temperature = index % 5 == 0 ? 0 : 0.2f + 1.5f * random.nextFloat();
        float topP = index % 3 == 0 ? 1 : 0.3f + 0.7f * random.nextFloat();
        int topK = index % 4 == 0 ? 0 : 1 + random.nextInt(60);
        float minP = index % 7 == 0 ? 0.05f : 0;
        boolean penalized = index % 2 == 0;
        Map<Integer, Float> bias = new HashMap<>();
        if (index % 6 == 0) {
            bias.put(vocabulary - 1, 2.5f);
            bias.put(vocabulary - 2, -4f);
        }
        if (index % 12 == 0) {
            bias.put(ids[0], 3f);
        }
        int topLogprobs = index % 8 < 5 ? -1 : index % 8 == 5 ? 0 : 1 + random.nextInt(MOST_LOGPROBS);
        boolean waits = index % 9 == 0;
        Sampling sampling = new Sampling(
                temperature,
                topK,
                topP,
                minP,
                penalized ? 0.7f + random.nextFloat() : 1,
                penalized ? random.nextFloat() - 0.5f : 0,
                penalized ? random.nextFloat() - 0.5f : 0,
                bias,
                random.nextLong(),
                waits ? List.of(3, 44, 5) : List.of(),
                waits ? 10_000 : 0,
                64,
                topLogprobs);
        DrawLimit limit = index % 10 == 3 ? new RandomLimit(random.nextLong()) : null;
        return new DrawnRow(sampling, random.nextLong(), ids, random.nextInt(ids.length), limit);
    }

    @Override
    public int generated() {
        return length() - promptLength;
    }

    @Override
    public int length() {
        return tokenIds.length;
    }
}
