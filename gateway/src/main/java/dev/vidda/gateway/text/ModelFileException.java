package dev.vidda.gateway.text;

import java.nio.file.Path;

/** A file of a model's directory is missing, unreadable, or not what it should be; the message names file and fault. */
public final class ModelFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ModelFileException(Path file, String fault) {
        super(file + ": " + fault);
    }

    public ModelFileException(Path file, String fault, Throwable cause) {
        super(file + ": " + fault, cause);
    }
}
