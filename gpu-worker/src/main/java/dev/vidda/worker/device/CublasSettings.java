package dev.vidda.worker.device;

import java.util.Locale;

/**
 * Whether a GPU's linear layers may be computed by NVIDIA's cuBLAS where it is installed.
 *
 * @param path folder or file of the library; empty for the loader's path
 */
public record CublasSettings(Use use, String path) {
    public static final CublasSettings OFF = new CublasSettings(Use.OFF, "");

    /** When it is used. */
    public enum Use {
        /** Never. */
        OFF,
        /** Where it is found and measured faster when a model is loaded, and its copies of weights are small. */
        AUTO,
        /** Wherever it can be; it must be there, and its copies must fit. */
        ON
    }

    /**
     * Reads a setting.
     *
     * @param key its name, for the message
     * @throws IllegalArgumentException if {@code use} is none of off, auto and on
     */
    public static CublasSettings parse(String key, String use, String path) {
        for (Use known : Use.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(use)) {
                return new CublasSettings(known, path.strip());
            }
        }
        throw new IllegalArgumentException(key + " must be off, auto or on, was '" + use + "'");
    }
}
