package dev.vidda.node.cli;

/** How much is logged. */
final class Logging {
    private Logging() {}

    /** Warnings only, or with {@code verbose} Vidda's own debug lines too. To be called before the first log line. */
    static void start(boolean verbose) {
        if (verbose) {
            System.setProperty("vidda.log.level", "DEBUG");
        }
    }
}
