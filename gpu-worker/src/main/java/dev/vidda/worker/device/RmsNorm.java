package dev.vidda.worker.device;

/**
 * Root mean square normalisation (arXiv 1910.07467): {@code x / sqrt(mean(x^2) + epsilon) * scale}.
 *
 * @param scale a vector
 */
public record RmsNorm(Weight scale, float epsilon) {}
