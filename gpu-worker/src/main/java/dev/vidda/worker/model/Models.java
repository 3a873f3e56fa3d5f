package dev.vidda.worker.model;

import dev.vidda.protocol.kv.KvCost;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.DeviceFactory;
import dev.vidda.worker.device.Devices;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.weights.Checkpoint;
import dev.vidda.worker.weights.CheckpointException;
import dev.vidda.worker.weights.LoadProgress;
import dev.vidda.worker.weights.TensorSource;
import java.nio.file.Path;

/** Loads checkpoints onto devices. */
public final class Models {
    private Models() {}

    /**
     * Loads the checkpoint in {@code directory} and allocates its KV cache. To be called by the thread that will run it.
     *
     * @throws CheckpointException if the checkpoint cannot be used
     * @throws DeviceException if the device cannot be opened or has too little memory
     * @throws IllegalArgumentException if the settings do not fit the model
     */
    public static DeviceModelRunner load(Path directory, LoadSettings settings, LoadProgress progress) {
        ModelConfig config = ModelConfig.read(directory);
        if (settings.deviceSettings().dummyWeights()) {
            return load(config, settings, progress);
        }
        Loading loading = Loading.of(config, settings);
        return loading.with(Checkpoint.open(directory), progress);
    }

    /**
     * The same of a model that nobody has: its weights are made up, so that its tokens mean nothing and its speed is real.
     *
     * @throws DeviceException if the device cannot be opened or has too little memory
     * @throws IllegalArgumentException if the settings do not fit the model
     */
    public static DeviceModelRunner load(ModelConfig config, LoadSettings settings, LoadProgress progress) {
        Loading loading = Loading.of(config, settings);
        return loading.with(new MadeUpTensors(config, !loading.factory.makesUpWeights()), progress);
    }

    /** What is known before there are weights. */
    private record Loading(ModelConfig config, LoadSettings settings, DeviceFactory factory, StepLimits limits) {
        static Loading of(ModelConfig config, LoadSettings settings) {
            StepLimits limits =
                    new StepLimits(settings.maxTokens(), settings.maxSequences(), longest(config, settings));
            return new Loading(config, settings, Devices.find(settings.device()), limits);
        }

        /** Owns {@code tensors} from now on. */
        DeviceModelRunner with(TensorSource tensors, LoadProgress progress) {
            try {
                Device device = factory.open(settings.deviceSettings(), limits);
                try {
                    return load(tensors, config, device, settings, progress);
                } catch (RuntimeException e) {
                    device.close();
                    throw e;
                }
            } catch (RuntimeException e) {
                tensors.close();
                throw e;
            }
        }
    }

    private static DeviceModelRunner load(
            TensorSource tensors, ModelConfig config, Device device, LoadSettings settings, LoadProgress progress) {
        DecoderWeights weights = new DecoderLoader(tensors, config, device, progress).load();
        try {
            KvShape shape = config.kvShape(device.kvBytesPerElement());
            int longest = device.limits().maxModelLength();
            device.weightsLoaded(settings.kvMemory().fixedBytes());
            int blocks = settings.kvMemory()
                    .blocks(shape, device.freeBytes(), device.usualKvShare(), settings.maxSequences(), longest);
            long reachable = KvCost.longestContext(shape, blocks);
            if (settings.maxModelLength() > reachable) {
                throw new DeviceException("the KV cache of " + blocks + " blocks holds sequences of at most "
                        + reachable + " tokens, but " + settings.maxModelLength() + " were asked for");
            }
            KvBuffer kv = device.kv(config.attention(), config.layers(), blocks, shape.blockTokens());
            return new DeviceModelRunner(tensors, device, config, weights, kv, (int) Math.min(longest, reachable));
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private static int longest(ModelConfig config, LoadSettings settings) {
        if (settings.maxModelLength() > config.maxPositions()) {
            throw new IllegalArgumentException("the model was made for sequences of at most " + config.maxPositions()
                    + " tokens, but " + settings.maxModelLength() + " were asked for");
        }
        return settings.maxModelLength() == 0 ? config.maxPositions() : settings.maxModelLength();
    }
}
