package dev.vidda.node;

import com.typesafe.config.Config;
import dev.vidda.worker.device.CublasSettings;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.Devices;
import dev.vidda.worker.engine.EngineSettings;
import dev.vidda.worker.model.KvMemory;
import dev.vidda.worker.model.LoadSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The model a worker serves: {@code vidda.node.model} in the configuration.
 *
 * @param directory its checkpoint
 * @param name what clients call it
 * @param load how it is loaded on the first of its devices
 * @param devices the indexes of the devices that are to have a worker each; empty for all that there are
 */
public record ModelSettings(Path directory, String name, LoadSettings load, List<Integer> devices) {
    private static final String PATH = "vidda.node.model.";
    private static final String DEVICE_INDEX = PATH + "device-index";
    private static final String ALL_DEVICES = "all";
    private static final String CUBLAS = "vidda.worker.cublas";
    private static final String CUBLAS_PATH = "vidda.worker.cublas-path";

    public ModelSettings {
        devices = List.copyOf(devices);
    }

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
        List<Integer> devices = devices(config.getString(DEVICE_INDEX));
        int first = devices.isEmpty() ? 0 : devices.getFirst();
        return new ModelSettings(
                directory,
                name.isBlank() ? folderName(directory) : name,
                new LoadSettings(
                        config.getString(PATH + "device"),
                        new DeviceSettings(first, atLeastZero(config, "threads"), dummy(config), cublas(config)),
                        atLeastZero(config, "max-length"),
                        kvMemory(config.getString(PATH + "kv-memory")),
                        engine.maxBatchTokens(),
                        engine.maxBatchSequences()),
                devices);
    }

    /**
     * The devices that are to have a worker each, by their indexes.
     *
     * @throws dev.vidda.worker.device.DeviceException if all are asked for and there is none
     */
    List<Integer> deviceIndexes() {
        return devices.isEmpty()
                ? IntStream.range(0, Devices.find(load.device()).count())
                        .boxed()
                        .toList()
                : devices;
    }

    /** Numbers separated by commas; none for all. */
    private static List<Integer> devices(String text) {
        if (text.strip().equals(ALL_DEVICES)) {
            return List.of();
        }
        try {
            List<Integer> indexes = Stream.of(text.split(",", -1))
                    .map(index -> Integer.valueOf(index.strip()))
                    .toList();
            if (indexes.stream().allMatch(index -> index >= 0)
                    && Set.copyOf(indexes).size() == indexes.size()) {
                return indexes;
            }
        } catch (NumberFormatException e) {
            throw badDevices(text, e);
        }
        throw badDevices(text, null);
    }

    private static IllegalArgumentException badDevices(String text, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                DEVICE_INDEX + " must be a number from 0, several different ones separated by commas, or " + ALL_DEVICES
                        + ", was '" + text + "'",
                cause);
    }

    /** The folder called {@code name}: in the current folder, else in {@code home}. */
    public static Path find(String name, Path home) {
        Path here = Path.of(name);
        Path shipped = home.resolve(name);
        return !Files.exists(here) && Files.exists(shipped) ? shipped : here;
    }

    private static KvMemory kvMemory(String text) {
        return Memory.parse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException(PATH + "kv-memory must be auto, a size such as 2GiB or a share "
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

    private static CublasSettings cublas(Config config) {
        return CublasSettings.parse(CUBLAS, config.getString(CUBLAS), config.getString(CUBLAS_PATH));
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
