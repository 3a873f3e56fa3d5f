package dev.vidda.worker.weights;

/** Where a model's weights come from, under the names that Hugging Face checkpoints use. */
public interface TensorSource extends AutoCloseable {
    /** Bytes of all tensors. */
    long bytes();

    /**
     * The tensor called {@code name}.
     *
     * @param shape the shape it must have
     * @throws CheckpointException if it is missing, or of another shape or an unsupported type
     */
    HostTensor tensor(String name, int... shape);

    /** Tensors must not be used any more. */
    @Override
    void close();
}
