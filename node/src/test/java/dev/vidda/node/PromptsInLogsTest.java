package dev.vidda.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.vidda.node.logging.JsonLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What anybody's logger writes while requests run, with the log as talkative as it gets short of tracing. */
@Timeout(120)
final class PromptsInLogsTest {
    private static final String MARKER = "xylophone-marker";

    @Test
    void noLineOfTheLogHasAnythingOfAPromptOrAnAnswer() throws Exception {
        Lines lines = new Lines();
        Logger root = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        lines.setContext(root.getLoggerContext());
        lines.start();
        root.detachAndStopAllAppenders();
        root.addAppender(lines);
        root.setLevel(Level.DEBUG);
        String answer;
        try (RunningNode node = new RunningNode(Map.of("akka.loglevel", "DEBUG"))) {
            answer = node.post("/v1/completions", Map.of("prompt", MARKER, "max_tokens", 12, "ignore_eos", true))
                    .at("/choices/0/text")
                    .asText();
            try (InputStream events = node.stream("/v1/chat/completions", chat(Map.of()))) {
                assertThat(new String(events.readAllBytes(), StandardCharsets.UTF_8))
                        .endsWith("[DONE]\n\n");
            }
            for (Map<String, ?> wrong :
                    List.of(Map.of("model", "none"), Map.of("temperature", -1), Map.of("max_tokens", MARKER))) {
                assertThatThrownBy(() -> node.post("/v1/chat/completions", chat(wrong)))
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("HTTP 4");
            }
            node.post("/tokenize", Map.of("prompt", MARKER));
        } finally {
            root.detachAppender(lines);
            root.setLevel(before);
        }
        assertThat(lines.all).anyMatch(line -> line.contains("\"level\":\"DEBUG\""));
        assertThat(lines.all).noneMatch(line -> line.contains(MARKER) || line.contains(answer.strip()));
    }

    private static Map<String, ?> chat(Map<String, ?> more) {
        Map<String, Object> body = new HashMap<>(Map.of(
                "stream", true, "max_tokens", 8, "messages", List.of(Map.of("role", "user", "content", MARKER))));
        body.putAll(more);
        return body;
    }

    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final Queue<String> all = new ConcurrentLinkedQueue<>();
        private final JsonLines form = new JsonLines();

        @Override
        protected void append(ILoggingEvent event) {
            all.add(new String(form.encode(event), StandardCharsets.UTF_8));
        }
    }
}
