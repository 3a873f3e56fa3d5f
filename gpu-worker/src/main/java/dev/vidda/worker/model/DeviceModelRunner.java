package dev.vidda.worker.model;

import dev.vidda.protocol.DeviceHealth;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.Purpose;
import dev.vidda.worker.step.HostBlocks;
import dev.vidda.worker.step.ModelRunner;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import dev.vidda.worker.weights.TensorSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A loaded model on a device with its KV pool. Owns all of it: closing it gives back everything. */
public final class DeviceModelRunner implements ModelRunner {
    private final TensorSource tensors;
    private final Device device;
    private final ModelConfig config;
    private final DecoderWeights weights;
    private final KvBuffer kv;
    private final int maxModelLength;
    private final Decoder decoder;
    private HostBlocks hostBlocks = HostBlocks.NONE;

    DeviceModelRunner(
            TensorSource tensors,
            Device device,
            ModelConfig config,
            DecoderWeights weights,
            KvBuffer kv,
            int maxModelLength) {
        this.tensors = tensors;
        this.device = device;
        this.config = config;
        this.weights = weights;
        this.kv = kv;
        this.maxModelLength = maxModelLength;
        decoder = new Decoder(device, config, weights, kv);
    }

    @Override
    public String device() {
        return device.description();
    }

    @Override
    public List<String> notes() {
        return device.notes();
    }

    @Override
    public KvShape kvShape() {
        return config.kvShape(device.kvBytesPerElement());
    }

    @Override
    public int kvBlocks() {
        return kv.blocks();
    }

    @Override
    public int vocabSize() {
        return config.vocabSize();
    }

    @Override
    public int maxModelLength() {
        return maxModelLength;
    }

    public ModelConfig config() {
        return config;
    }

    /** Seconds the device has spent computing steps since it was opened, if it can tell. */
    public OptionalDouble busySeconds() {
        return device.busySeconds();
    }

    @Override
    public HostBlocks hostBlocks(long bytes) {
        if (hostBlocks == HostBlocks.NONE) {
            hostBlocks = device.hostBlocks(kv, bytes);
        }
        return hostBlocks;
    }

    @Override
    public MemoryUse memory() {
        LiveBytes live = device.liveBytes();
        return new MemoryUse(
                device.totalBytes(),
                device.driverBytes(),
                live.of(Purpose.WEIGHTS) + live.of(Purpose.COPIES),
                live.of(Purpose.WORKSPACE),
                live.of(Purpose.KV));
    }

    @Override
    public Optional<DeviceHealth> health() {
        return device.health();
    }

    @Override
    public boolean gainsByLookahead() {
        return device.gainsByLookahead();
    }

    @Override
    public void launch(StepBatch batch) {
        device.launch(batch, decoder);
    }

    @Override
    public StepResult await() {
        return device.await();
    }

    /** Copies the logits of the {@code index}-th sampled row of the last step to {@code target} [vocabulary]. */
    public void readLogits(int index, float[] target) {
        device.read(decoder.logits(), index, target);
    }

    @Override
    public void close() {
        hostBlocks.close();
        decoder.close();
        kv.close();
        weights.close();
        device.close();
        tensors.close();
    }
}
