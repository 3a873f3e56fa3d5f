package dev.vidda.node;

import com.typesafe.config.Config;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.engine.EngineSettings;
import dev.vidda.worker.model.KvMemory;
import dev.vidda.worker.model.LoadSettings;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The model a worker serves: {@code vidda.node.model} in the configuration.
 *
 * @param directory its checkpoint
 * @param name what clients call it
 * @param load how it is loaded
 */
public record ModelSettings(Path directory, String name, LoadSettings load) {
    private static final String PATH = "vidda.node.model.";

    /**
     * Reads the settings.
     *
     * @param home Vidda's own folder, for models that ship with it
     * @param engine its limits size the device's workspace
     * @throws com.typesafe.config.ConfigException if a key is missing or of the wrong type
     * @throws IllegalArgumentException naming the key whose value is out of bounds
     */
    static ModelSettings from(Config config, Path home, EngineSettings engine) {
        Path directory = find(config.getString(PATH + "path"), home);
        String name = config.getString(PATH + "name");
        return new ModelSettings(
                directory,
                name.isBlank() ? folderName(directory) : name,
                new LoadSettings(
                        config.getString(PATH + "device"),
                        new DeviceSettings(
                                atLeastZero(config, "device-index"), atLeastZero(config, "threads"), dummy(config)),
                        atLeastZero(config, "max-length"),
                        kvMemory(config.getString(PATH + "kv-memory")),
                        engine.maxBatchTokens(),
                        engine.maxBatchSequences()));
    }

    /** The folder called {@code name}: in the current folder, else in {@code home}. */
    public static Path find(String name, Path home) {
        Path here = Path.of(name);
        Path shipped = home.resolve(name);
        return !Files.exists(here) && Files.exists(shipped) ? shipped : here;
    }

    private static KvMemory kvMemory(String text) {
        return Memory.parse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException(PATH + "kv-memory must be a size such as 2GiB or a share "
                                + "in (0, 1] such as 0.5, was '" + text + "'"));
    }

    private static boolean dummy(Config config) {
        String format = config.getString(PATH + "load-format");
        return switch (format) {
            case "auto" -> false;
            case "dummy" -> true;
            default ->
                throw new IllegalArgumentException(PATH + "load-format must be auto or dummy, was '" + format + "'");
        };
    }

    private static int atLeastZero(Config config, String key) {
        int value = config.getInt(PATH + key);
        if (value < 0) {
            throw new IllegalArgumentException(PATH + key + " must not be negative, was " + value);
        }
        return value;
    }

    private static String folderName(Path directory) {
        Path name = directory.toAbsolutePath().normalize().getFileName();
        return name == null ? "model" : name.toString();
    }
}
