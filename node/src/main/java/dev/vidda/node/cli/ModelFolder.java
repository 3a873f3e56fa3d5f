package dev.vidda.node.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where models are: relative to the current folder, or else to Vidda's own. */
final class ModelFolder {
    private ModelFolder() {}

    /** The folder called {@code name}; that of the current folder if there is none. */
    static Path find(String name) {
        Path here = Path.of(name);
        Path shipped = Path.of(System.getProperty("vidda.home", ""), name);
        return !Files.isDirectory(here) && Files.isDirectory(shipped) ? shipped : here;
    }
}
