package dev.vidda.node.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LogSetupTest {
    @Test
    void warningsGoToStandardErrorAndOrdersToo() {
        LoggerContext context = new LoggerContext();

        LogSetup.standard(context);

        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        assertThat(root.getAppender("STDERR").isStarted()).isTrue();
        assertThat(root.getLevel()).isEqualTo(Level.WARN);
        assertThat(context.getLogger("dev.vidda.gateway").getEffectiveLevel()).isEqualTo(Level.WARN);
        assertThat(context.getLogger("dev.vidda.audit").getEffectiveLevel()).isEqualTo(Level.INFO);
        assertThat(context.getLogger("ai.djl.engine").isWarnEnabled()).isFalse();
        assertThat(context.getLogger("akka.io.TcpListener").isErrorEnabled()).isFalse();
        assertThat(context.getLogger("akka.stream.Materializer").isWarnEnabled())
                .as("connections of nodes that left")
                .isFalse();
    }

    @Test
    void aFileOfTheUsersWins() {
        LoggerContext context = new LoggerContext();

        // The tests have a logback-test.xml.
        assertThat(new LogSetup().configure(context)).isEqualTo(Configurator.ExecutionStatus.INVOKE_NEXT_IF_ANY);
        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR"))
                .isNull();
    }

    @Test
    void aLineForPeopleHasTimeLevelLoggerAndTheCauseInShort() {
        LoggerContext context = new LoggerContext();
        TextLines lines = new TextLines();
        lines.setContext(context);
        lines.start();
        LoggingEvent event = new LoggingEvent(
                LogSetupTest.class.getName(),
                context.getLogger("dev.vidda.gateway.http.Some"),
                Level.WARN,
                "no {} left",
                new IllegalStateException("gone"),
                new Object[] {"room"});
        event.setInstant(Instant.parse("2026-11-22T20:00:00.123Z"));

        String line = new String(lines.encode(event), StandardCharsets.UTF_8);

        assertThat(line)
                .containsPattern("^\\d\\d:\\d\\d:00\\.123 WARN  d\\.v\\.gateway\\.http\\.Some no room left\n")
                .contains("IllegalStateException: gone");
    }
}
