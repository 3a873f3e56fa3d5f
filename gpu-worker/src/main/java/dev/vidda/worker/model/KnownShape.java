package dev.vidda.worker.model;

import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.RopeScaling;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.stream.Collectors;

/** Shapes of published models, to measure how fast they would be without having one. */
public enum KnownShape {
    QWEN3_4B("qwen3-4b", Architecture.QWEN3, 151936, 2560, 9728, 36, 262144, 5e6, true),
    LLAMA3_8B("llama3-8b", Architecture.LLAMA, 128256, 4096, 14336, 32, 131072, 5e5, false);

    private final String word;
    private final ModelConfig config;

    KnownShape(
            String word,
            Architecture architecture,
            int vocabulary,
            int hidden,
            int intermediate,
            int layers,
            int maxPositions,
            double ropeTheta,
            boolean tied) {
        this.word = word;
        config = new ModelConfig(
                architecture,
                vocabulary,
                hidden,
                intermediate,
                attention(),
                maxPositions,
                1e-6f,
                ropeTheta,
                new RopeScaling.Default(),
                Collections.nCopies(layers, 0),
                new Biases(false, false, false),
                tied);
    }

    private static AttentionShape attention() {
        return new AttentionShape(32, 8, 128);
    }

    public ModelConfig config() {
        return config;
    }

    /** The shape called {@code name}, such as {@code qwen3-4b}. */
    public static Optional<KnownShape> of(String name) {
        return Arrays.stream(values()).filter(shape -> shape.word.equals(name)).findFirst();
    }

    /** All names, in words. */
    public static String names() {
        return Arrays.stream(values()).map(shape -> shape.word).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return word;
    }
}
