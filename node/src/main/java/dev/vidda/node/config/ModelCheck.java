package dev.vidda.node.config;

import com.typesafe.config.ConfigUtil;
import dev.vidda.node.ByteSize;
import dev.vidda.node.ModelSettings;
import dev.vidda.node.NodeSettings;
import dev.vidda.protocol.kv.KvCost;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.DeviceFactory;
import dev.vidda.worker.device.Devices;
import dev.vidda.worker.device.cpu.HostMemory;
import dev.vidda.worker.model.LoadSettings;
import dev.vidda.worker.model.ModelConfig;
import dev.vidda.worker.weights.Checkpoint;
import dev.vidda.worker.weights.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the model of a worker is there, can be read, and fits. */
final class ModelCheck {
    private static final String PATH = "vidda.node.model.path";
    private static final String DEVICE = "vidda.node.model.device";
    private static final String MEMORY = "vidda.node.model.kv-memory";
    private static final String INDEX = "vidda.node.model.device-index";
    private static final String LENGTH = "vidda.node.model.max-length";
    private static final String PULL = "'vidda pull' downloads one, 'vidda models' lists what is there";
    /** The cpu device keeps keys and values as float32. */
    private static final int CPU_KV_BYTES = Float.BYTES;

    private final ModelSettings model;
    private final Findings findings;
    private final long available;

    private ModelCheck(ModelSettings model, Findings findings, long available) {
        this.model = model;
        this.findings = findings;
        this.available = available;
    }

    static void run(NodeSettings settings, Findings findings) {
        run(settings, findings, HostMemory.availableBytes());
    }

    /** For a gateway, which needs tokenizers only: of the models it names, or else of its node's. */
    static void runForText(NodeSettings settings, Findings findings) {
        settings.models().forEach((name, folder) -> {
            boolean ofNode = folder.equals(settings.model().directory());
            String key = ofNode ? PATH : "vidda.node.models." + ConfigUtil.joinPath(name);
            checkFolder(folder, key, findings);
        });
    }

    /** @param available bytes of memory that a model on the CPU may take */
    static void run(NodeSettings settings, Findings findings, long available) {
        ModelCheck check = new ModelCheck(settings.model(), findings, available);
        checkFolder(settings.model().directory(), PATH, findings);
        check.checkDevice();
    }

    private static void checkFolder(Path directory, String key, Findings findings) {
        if (!Files.exists(directory)) {
            findings.add(
                    key,
                    "there is no such folder"
                            + (directory.isAbsolute()
                                    ? ""
                                    : ", neither here (" + Path.of("").toAbsolutePath() + ") nor in Vidda's own"),
                    PULL);
        } else if (!Files.isDirectory(directory)) {
            findings.add(key, "this is no folder", "give the folder that holds the model's config.json");
        } else if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            findings.add(key, "this user cannot read the folder", "give it read and execute permission there");
        } else if (!Files.isReadable(directory.resolve("tokenizer.json"))) {
            findings.add(key, "there is no tokenizer.json in it that this user can read", PULL);
        }
    }

    private void checkDevice() {
        LoadSettings load = model.load();
        try {
            DeviceFactory device = Devices.find(load.device());
            for (int index : model.devices()) {
                if (device.name().equals("cuda") && index >= device.count()) {
                    findings.add(
                            INDEX,
                            "there is no device " + index + ", this machine has " + device.count(),
                            "use smaller numbers, or all");
                }
            }
            if (!findings.concern(PATH)) {
                checkCheckpoint(device.name().equals("cpu"));
            }
        } catch (DeviceException e) {
            findings.add(DEVICE, String.valueOf(e.getMessage()), "use auto or cpu, or a machine that has it");
        }
    }

    private void checkCheckpoint(boolean inHostMemory) {
        try {
            ModelConfig config = ModelConfig.read(model.directory());
            long weights = weightBytes(config);
            if (model.load().maxModelLength() > config.maxPositions()) {
                findings.add(
                        LENGTH,
                        "the model was made for sequences of at most " + config.maxPositions() + " tokens",
                        "lower it, or 0 for as many as there can be");
            } else if (inHostMemory) {
                checkMemory(config, weights);
            }
        } catch (CheckpointException e) {
            findings.add(PATH, String.valueOf(e.getMessage()), PULL);
        }
    }

    private long weightBytes(ModelConfig config) {
        if (model.load().deviceSettings().dummyWeights()) {
            return Short.BYTES * config.parameters();
        }
        try (Checkpoint checkpoint = Checkpoint.open(model.directory())) {
            return checkpoint.bytes();
        }
    }

    private void checkMemory(ModelConfig config, long weights) {
        if (weights > available) {
            findings.add(
                    PATH,
                    "its weights need " + ByteSize.format(weights) + " of memory, but only "
                            + ByteSize.format(available) + " are free",
                    "take a smaller model, a machine or a container limit with more memory");
            return;
        }
        long free = available - weights;
        KvShape shape = config.kvShape(CPU_KV_BYTES);
        LoadSettings load = model.load();
        int longest = load.maxModelLength() == 0 ? config.maxPositions() : load.maxModelLength();
        try {
            int blocks = load.kvMemory().blocks(shape, free, Device.HOST_KV_SHARE, load.maxSequences(), longest);
            long reachable = KvCost.longestContext(shape, blocks);
            if (load.maxModelLength() > reachable) {
                findings.add(
                        LENGTH,
                        "the KV cache of " + blocks + " blocks holds sequences of at most " + reachable + " tokens",
                        "lower it, or raise " + MEMORY);
            }
        } catch (DeviceException e) {
            findings.add(
                    MEMORY,
                    e.getMessage() + " (" + ByteSize.format(free) + " beside the weights)",
                    "give it less, or a share such as 0.5");
        }
    }
}
