package dev.vidda.worker.weights;

/** Told how far loading has come. */
@FunctionalInterface
public interface LoadProgress {
    LoadProgress NONE = (done, total) -> {};

    /** {@code doneBytes} of {@code totalBytes} of weights are loaded. */
    void loaded(long doneBytes, long totalBytes);
}
