package dev.vidda.node.cli;

import org.slf4j.LoggerFactory;

/** How much is logged. */
final class Logging {
    private Logging() {}

    /** Warnings only, or with {@code verbose} Vidda's own debug lines too. To be called before the first log line. */
    static void start(boolean verbose) {
        if (verbose) {
            System.setProperty("vidda.log.level", "DEBUG");
        }
        // Before there are several threads: lines that they log meanwhile would come with a warning.
        LoggerFactory.getILoggerFactory();
    }
}
