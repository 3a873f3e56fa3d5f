package dev.vidda.node.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import dev.vidda.node.logging.LogFormat;
import dev.vidda.node.logging.LogSetup;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** How much is logged, and in which form. */
final class Logging {
    private Logging() {}

    /** Warnings only, or with {@code verbose} Vidda's own debug lines too. To be called before the first log line. */
    static void start(boolean verbose) {
        if (verbose) {
            System.setProperty(LogSetup.LEVEL, "DEBUG");
        }
        // Before there are several threads: lines that they log meanwhile would come with a warning.
        LoggerFactory.getILoggerFactory();
    }

    /** What the JDK and libraries log in its way goes the same way as all else. Takes a moment, so only for those who need it. */
    static void bridge() {
        if (!SLF4JBridgeHandler.isInstalled()) {
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }
    }

    /** From now on in this form, unless a file of the user's own says how. */
    static void format(LogFormat format) {
        if (format.word().equals(LogSetup.format())
                || System.getProperty(LogSetup.OWN_FILE) != null
                || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        System.setProperty(LogSetup.FORMAT, format.word());
        context.reset();
        try {
            new ContextInitializer(context).autoConfig();
        } catch (JoranException e) {
            throw new CommandFailure("the log cannot be configured: " + e.getMessage(), e);
        }
    }
}
