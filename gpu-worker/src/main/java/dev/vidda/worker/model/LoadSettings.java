package dev.vidda.worker.model;

import dev.vidda.worker.device.DeviceSettings;

/**
 * How to load a model.
 *
 * @param device {@code auto}, {@code cpu}, {@code cuda}: see {@link dev.vidda.worker.device.Devices#find}
 * @param deviceSettings which device of its kind
 * @param maxModelLength the most tokens of one sequence; 0 for as many as the model was made for and the KV cache holds
 * @param kvMemory memory of the KV cache
 * @param maxTokens the most rows of a step
 * @param maxSequences the most sequences of a step
 */
public record LoadSettings(
        String device,
        DeviceSettings deviceSettings,
        int maxModelLength,
        KvMemory kvMemory,
        int maxTokens,
        int maxSequences) {
    public LoadSettings {
        if (maxModelLength < 0) {
            throw new IllegalArgumentException("maxModelLength must not be negative, was " + maxModelLength);
        }
    }

    /** The same for another device of that kind. */
    public LoadSettings on(int index) {
        return new LoadSettings(device, deviceSettings.on(index), maxModelLength, kvMemory, maxTokens, maxSequences);
    }
}
