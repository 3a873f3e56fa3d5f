package dev.vidda.worker;

/**
 * What a worker is to be.
 *
 * @param workerId unique in the cluster
 * @param model the name under which the model is served
 */
public record WorkerSpec(String workerId, String model, ModelLoader loader, WorkerSettings settings) {}
