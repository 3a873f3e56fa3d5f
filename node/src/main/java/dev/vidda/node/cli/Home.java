package dev.vidda.node.cli;

import java.nio.file.Path;

/** Vidda's own folder: that of the launcher. */
final class Home {
    private Home() {}

    static Path folder() {
        return Path.of(System.getProperty("vidda.home", ""));
    }
}
