package dev.vidda.worker;

import dev.vidda.worker.constraint.Vocabulary;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a worker is to be.
 *
 * @param workerId unique in the cluster
 * @param model the name under which the model is served
 * @param vocabulary the texts of the model's tokens, for output that must follow a grammar
 */
public record WorkerSpec(
        String workerId,
        String model,
        ModelLoader loader,
        WorkerSettings settings,
        CompletionStage<Vocabulary> vocabulary) {
    /** A worker that cannot keep its output within a grammar. */
    public WorkerSpec(String workerId, String model, ModelLoader loader, WorkerSettings settings) {
        this(
                workerId,
                model,
                loader,
                settings,
                CompletableFuture.failedStage(
                        new IllegalStateException("this worker was started without a vocabulary")));
    }
}
