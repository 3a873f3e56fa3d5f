package dev.vidda.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** What an operator orders over HTTP happens on the worker, and stands in the audit log. */
@Timeout(120)
final class AdminOrdersTest {
    private static final String WORKER = "/admin/workers/worker-0";
    private static final String KEY = "the-operators-key";
    private static final String TENANTS_KEY = "the-tenants-key";
    private static final int BLOCK = 16;

    private static final List<String> AUDIT = new CopyOnWriteArrayList<>();
    private static RunningNode node;

    @BeforeAll
    static void start() throws Exception {
        Logger audit = (Logger) LoggerFactory.getLogger("dev.vidda.audit");
        AppenderBase<ILoggingEvent> lines = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                AUDIT.add(event.getFormattedMessage());
            }
        };
        lines.setContext(audit.getLoggerContext());
        lines.start();
        audit.addAppender(lines);
        audit.setLevel(Level.INFO);
        node = new RunningNode(
                Map.of("vidda.gateway.security.admin-keys", KEY, "vidda.gateway.security.api-keys", TENANTS_KEY));
        node.ready();
    }

    @AfterAll
    static void stop() {
        node.close();
        ((Logger) LoggerFactory.getLogger("dev.vidda.audit")).detachAndStopAllAppenders();
    }

    @BeforeEach
    void forgetEarlierLines() {
        AUDIT.clear();
    }

    @Test
    void aWarmPrefixIsFoundUntilItIsFlushed() throws Exception {
        String prompt = "count with me: " + "one two three four five six seven ".repeat(8);
        Map<String, ?> body = Map.of("prompt", prompt, "max_tokens", 1);

        assertThat(send("POST", "/admin/prefixes/warm", KEY, body).statusCode()).isEqualTo(200);
        JsonNode warmed = complete(body);
        assertThat(cached(warmed)).isGreaterThanOrEqualTo(BLOCK);

        assertThat(send("POST", WORKER + "/flush", KEY, Map.of()).statusCode()).isEqualTo(202);
        assertThat(cached(complete(body))).isZero();
        assertThat(AUDIT).hasSize(2).allSatisfy(line -> assertThat(line).contains("admin-keys[0]"));
        assertThat(AUDIT).anyMatch(line -> line.contains("warm a prefix"));
        assertThat(AUDIT).anyMatch(line -> line.contains("flush worker worker-0"));
        assertThat(AUDIT).noneMatch(line -> line.contains("count with me"));
    }

    @Test
    void aDrainedWorkerTakesNothingUntilItResumes() throws Exception {
        assertThat(send("POST", WORKER + "/drain", KEY, Map.of("deadlineMillis", 0))
                        .statusCode())
                .isEqualTo(202);
        awaitState("drained");
        assertThat(send(
                                "POST",
                                "/v1/completions",
                                TENANTS_KEY,
                                Map.of("prompt", "a", "max_tokens", 1, "vidda", Map.of("queue_timeout_ms", 1)))
                        .statusCode())
                .isIn(429, 503);

        assertThat(send("POST", WORKER + "/resume", KEY, Map.of()).statusCode()).isEqualTo(202);
        awaitState("serving");
        complete(Map.of("prompt", "a", "max_tokens", 1));
        assertThat(AUDIT).anyMatch(line -> line.contains("drain worker worker-0"));
        assertThat(AUDIT).anyMatch(line -> line.contains("resume worker worker-0"));
    }

    @Test
    void aChangedLimitHoldsAndIsAuditedWithWhatWasBefore() throws Exception {
        JsonNode before = json(send("GET", "/admin/limits", KEY, Map.of()));
        int waiting = before.path("waitingRequests").asInt();

        JsonNode after = json(send("PATCH", "/admin/limits", KEY, Map.of("waitingRequests", waiting + 1)));
        assertThat(after.path("waitingRequests").asInt()).isEqualTo(waiting + 1);
        assertThat(json(send("GET", "/admin/limits", KEY, Map.of()))).isEqualTo(after);
        assertThat(AUDIT)
                .anyMatch(line -> line.contains("waitingRequests=" + waiting + ",")
                        && line.contains("waitingRequests=" + (waiting + 1) + ","));
    }

    @Test
    void othersOrderNothing() throws Exception {
        for (String order : List.of("drain", "resume", "flush", "load", "unload")) {
            String path = WORKER + "/" + order;
            assertThat(send("POST", path, TENANTS_KEY, Map.of()).statusCode()).isEqualTo(403);
            assertThat(send("POST", path, "guessed", Map.of()).statusCode()).isEqualTo(401);
        }
        assertThat(send("PATCH", "/admin/limits", TENANTS_KEY, Map.of("waitingRequests", 1))
                        .statusCode())
                .isEqualTo(403);
        assertThat(AUDIT).isEmpty();
    }

    private static void awaitState(String state) throws Exception {
        while (!json(send("GET", "/admin/workers", KEY, Map.of()))
                .path(0)
                .path("state")
                .asText()
                .equals(state)) {
            Thread.onSpinWait();
        }
    }

    private static JsonNode complete(Map<String, ?> body) throws Exception {
        HttpResponse<String> response = send("POST", "/v1/completions", TENANTS_KEY, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static int cached(JsonNode answer) {
        return answer.at("/usage/prompt_tokens_details/cached_tokens").asInt();
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        return RunningNode.JSON.readTree(response.body());
    }

    private static HttpResponse<String> send(String method, String path, String key, Map<String, ?> body)
            throws Exception {
        return node.send(method, path, key, body);
    }
}
