package dev.vidda.node.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * The log as it is without a file of the user's: warnings to standard error, since standard output belongs to results. Logback
 * finds it as a service. In code, because to read the same from a file takes a good part of the time to start.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** The level of Vidda's own lines. */
    public static final String LEVEL = "vidda.log.level";
    /** A word of {@link LogFormat}. */
    public static final String FORMAT = "vidda.log.format";
    /** Somebody's own configuration of the log, which is left alone. */
    public static final String OWN_FILE = "logback.configurationFile";

    private static final String[] FOUND_FILES = {"logback-test.xml", "logback.xml"};

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (hasFile()) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        standard(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    static void standard(LoggerContext context) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("STDERR");
        appender.setTarget("System.err");
        appender.setEncoder(encoder(context));
        appender.start();

        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger("dev.vidda").setLevel(Level.toLevel(setting(LEVEL, "VIDDA_LOG_LEVEL", ""), Level.WARN));
        // Who ordered what under /admin.
        context.getLogger("dev.vidda.audit").setLevel(Level.INFO);
        // Its search for a GPU, which the tokenizer does not need, complains where it finds none.
        context.getLogger("ai.djl").setLevel(Level.ERROR);
        // It complains of the connections of each node that leaves; the cluster itself says what matters of that.
        context.getLogger("akka.stream.Materializer").setLevel(Level.ERROR);
        // A port that is taken is reported by whoever wanted it.
        context.getLogger("akka.io.TcpListener").setLevel(Level.OFF);
    }

    /** The word of the format that a log has which is set up now. */
    public static String format() {
        return setting(FORMAT, "VIDDA_LOG_FORMAT", LogFormat.TEXT.word());
    }

    private static boolean hasFile() {
        if (System.getProperty(OWN_FILE) != null) {
            return true;
        }
        for (String name : FOUND_FILES) {
            if (LogSetup.class.getClassLoader().getResource(name) != null) {
                return true;
            }
        }
        return false;
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context) {
        Encoder<ILoggingEvent> encoder = format().equals(LogFormat.JSON.word()) ? new JsonLines() : new TextLines();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static String setting(String property, String variable, String otherwise) {
        return System.getProperty(property, System.getenv().getOrDefault(variable, otherwise));
    }
}
