package dev.vidda.worker.device;

import org.jspecify.annotations.Nullable;

/**
 * What happens to every query and key head before attention: its norm, if the model has one, then the rotation.
 *
 * @param queryNorm over the elements of each query head, or null
 * @param keyNorm over the elements of each key head, or null
 */
public record HeadTransform(
        Rope rope, @Nullable RmsNorm queryNorm, @Nullable RmsNorm keyNorm) {}
