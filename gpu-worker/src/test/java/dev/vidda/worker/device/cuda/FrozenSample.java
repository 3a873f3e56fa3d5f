package dev.vidda.worker.device.cuda;

import dev.vidda.protocol.Sampling;
import dev.vidda.worker.step.SampleState;

/** A sequence frozen before one draw. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FrozenSample(Sampling sampling, long seed, int[] tokenIds, int promptLength) implements SampleState {
    @Override
    public int generated() {
        return length() - promptLength;
    }

    @Override
    public int length() {
        return tokenIds.length;
    }
}
