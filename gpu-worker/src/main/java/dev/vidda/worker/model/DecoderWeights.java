package dev.vidda.worker.model;

import dev.vidda.worker.device.DeviceBuffer;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.Weight;
import java.util.List;

/**
 * All weights of a decoder, and their owner.
 *
 * @param head the same object as {@code embedding} when they are tied
 * @param owned everything to close
 */
record DecoderWeights(Weight embedding, List<DecoderLayer> layers, RmsNorm norm, Weight head, List<DeviceBuffer> owned)
        implements AutoCloseable {
    DecoderWeights {
        layers = List.copyOf(layers);
        owned = List.copyOf(owned);
    }

    @Override
    public void close() {
        owned.forEach(DeviceBuffer::close);
    }
}
