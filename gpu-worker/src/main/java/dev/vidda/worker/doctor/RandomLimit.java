package dev.vidda.worker.doctor;

import dev.vidda.worker.step.DrawLimit;
import java.util.SplittableRandom;

/** Allows every other token, by chance. */
record RandomLimit(long seed) implements DrawLimit {
    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void allowed(long[] bits) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < bits.length; i++) {
            bits[i] = random.nextLong();
        }
    }

    @Override
    public void apply(float[] logits, int offset, int vocabSize) {
        long[] bits = new long[Math.ceilDiv(vocabSize, Long.SIZE)];
        allowed(bits);
        for (int id = 0; id < vocabSize; id++) {
            if ((bits[id / Long.SIZE] >>> id & 1) == 0) {
                logits[offset + id] = Float.NEGATIVE_INFINITY;
            }
        }
    }
}
