package dev.vidda.node.cli;

import dev.vidda.node.NodeSettings;
import dev.vidda.node.config.Configuration;
import dev.vidda.node.config.ConfigurationCheck;
import dev.vidda.node.config.InvalidConfiguration;
import dev.vidda.node.config.MachineCheck;
import dev.vidda.node.config.Problem;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a server is started with: options over a file over the environment over built-in defaults. */
final class ServerOptions {
    @Option(
            names = {"-m", "--model"},
            paramLabel = "DIR",
            description = "Folder of a Hugging Face checkpoint (default: models/demo, which ships with Vidda).")
    private @Nullable String model;

    @Option(
            names = "--served-model-name",
            paramLabel = "NAME",
            description = "What clients call the model (default: the folder's name).")
    private @Nullable String name;

    @Option(
            names = "--load-format",
            paramLabel = "FORMAT",
            description =
                    "auto reads the weights; dummy makes them up, to measure speed with a config.json and a tokenizer"
                            + " alone (default: auto).")
    private @Nullable String loadFormat;

    @Option(
            names = "--device",
            paramLabel = "KIND",
            description = "What computes: auto, cpu or cuda (default: auto, which is cuda where an NVIDIA GPU can be"
                    + " used, else cpu; 'vidda doctor' says why one cannot).")
    private @Nullable String device;

    @Option(
            names = "--device-index",
            paramLabel = "N[,N...]",
            description = "Which device of that kind; several, or 'all', get a worker each (default: 0).")
    private @Nullable String deviceIndex;

    @Option(names = "--threads", paramLabel = "N", description = "Threads on a CPU (default: one for each core).")
    private @Nullable Integer threads;

    @Option(
            names = "--max-model-len",
            paramLabel = "TOKENS",
            description =
                    "The most tokens of one request, prompt and answer together (default: as many as the model was made "
                            + "for and the memory holds).")
    private @Nullable Integer maxModelLength;

    @Option(
            names = "--memory",
            paramLabel = "BYTES|SHARE",
            description =
                    "Memory for the KV cache: 2GiB, or 0.5 for half of what is free once the weights are loaded (default: "
                            + "auto, which is 0.9 of a GPU's and 0.5 of the host's). Never more is taken than "
                            + "--max-num-seqs sequences can use.")
    private @Nullable String memory;

    @Option(
            names = "--max-num-seqs",
            paramLabel = "N",
            description = "The most sequences computed at the same time (default: 128).")
    private @Nullable Integer maxSequences;

    @Option(
            names = "--max-batch-tokens",
            paramLabel = "N",
            description = "The most tokens one step computes, prompts and answers together (default: 512).")
    private @Nullable Integer maxBatchTokens;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings in HOCON, see conf/vidda.conf. Options win over the file.")
    private @Nullable Path file;

    /**
     * All settings of the node.
     *
     * @param more settings of the command, by key
     * @throws CommandFailure if a key is unknown, or a value is missing, of the wrong type or out of bounds
     */
    NodeSettings settings(Map<String, Object> more) {
        Configuration configuration = configuration(more);
        refuse(configurationProblems(configuration));
        return settings(configuration);
    }

    /** The same for a node that is about to start, so that this machine must have all it needs. */
    NodeSettings settingsForThisMachine(Map<String, Object> more) {
        Configuration configuration = configuration(more);
        refuse(problems(configuration));
        return settings(configuration);
    }

    private static NodeSettings settings(Configuration configuration) {
        return NodeSettings.from(configuration.effective(), Home.folder());
    }

    /**
     * Options and file and what is built in.
     *
     * @throws CommandFailure if the file cannot be read
     */
    Configuration configuration(Map<String, Object> more) {
        try {
            return Configuration.load(Optional.ofNullable(file), overrides(more));
        } catch (InvalidConfiguration e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /** All that is wrong with it, by itself and on this machine. */
    static List<Problem> problems(Configuration configuration) {
        List<Problem> problems = configurationProblems(configuration);
        return problems.isEmpty() ? MachineCheck.problems(configuration, settings(configuration)) : problems;
    }

    private static List<Problem> configurationProblems(Configuration configuration) {
        return ConfigurationCheck.problems(configuration, config -> NodeSettings.from(config, Home.folder()));
    }

    private static void refuse(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new CommandFailure(String.valueOf(new InvalidConfiguration(problems).getMessage()));
        }
    }

    private Map<String, Object> overrides(Map<String, Object> more) {
        Map<String, Object> overrides = new HashMap<>(more);
        put(overrides, "vidda.node.model.path", model);
        put(overrides, "vidda.node.model.name", name);
        put(overrides, "vidda.node.model.load-format", loadFormat);
        put(overrides, "vidda.node.model.device", device);
        put(overrides, "vidda.node.model.device-index", deviceIndex);
        put(overrides, "vidda.node.model.threads", threads);
        put(overrides, "vidda.node.model.max-length", maxModelLength);
        put(overrides, "vidda.node.model.kv-memory", memory);
        put(overrides, "vidda.worker.max-batch-sequences", maxSequences);
        put(overrides, "vidda.worker.max-batch-tokens", maxBatchTokens);
        return overrides;
    }

    static void put(Map<String, Object> overrides, String key, @Nullable Object value) {
        if (value != null) {
            overrides.put(key, value);
        }
    }
}
