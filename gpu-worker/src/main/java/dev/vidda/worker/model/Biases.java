package dev.vidda.worker.model;

/**
 * Which linear maps of a layer have biases.
 *
 * @param queryKeyValue the projections into attention
 * @param output the projection out of attention
 * @param mlp gate, up and down
 */
public record Biases(boolean queryKeyValue, boolean output, boolean mlp) {}
