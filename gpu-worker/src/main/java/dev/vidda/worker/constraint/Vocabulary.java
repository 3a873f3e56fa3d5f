package dev.vidda.worker.constraint;

/** What text each token stands for. Immutable. */
public interface Vocabulary {
    /** One more than the largest id. */
    int size();

    /** The bytes that a token adds to a text; none for a special token and for an id without a token. */
    byte[] bytes(int id);
}
