package dev.vidda.gateway.http;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InfoEndpointsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String BODY = "{'model':'tiny','messages':[{'role':'user','content':'Hi'}]}";

    private final TestGateway gateway = TestGateway.startEmpty();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void theServerAnswersBeforeItCanServe() {
        assertThat(gateway.get("/livez").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/health").statusCode()).isEqualTo(503);
        assertThat(gateway.get("/readyz").body())
                .startsWith(
                        "{\"status\":\"unavailable\",\"reason\":\"No model has been loaded yet.\",\"phase\":\"starting\"");
        assertThat(gateway.get("/startupz").statusCode()).isEqualTo(503);
        assertThat(gateway.get("/v1/models").body()).isEqualTo("{\"object\":\"list\",\"data\":[]}");
        HttpResponse<String> early = gateway.post(CHAT, BODY);
        assertThat(early.statusCode()).isEqualTo(503);
        assertThat(early.headers().firstValue("retry-after")).isPresent();
        assertThat(early.body()).contains("\"type\":\"server_error\"").contains("\"code\":\"loading\"");
        assertThat(gateway.post(CHAT, BODY.replace("tiny", "other")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void aModelWithoutAWorkerIsNotReady() {
        gateway.loadModel();

        assertThat(gateway.get("/health").statusCode()).isEqualTo(503);
        HttpResponse<String> early = gateway.post(CHAT, BODY);
        assertThat(early.statusCode()).isEqualTo(503);
        assertThat(early.body()).contains("\"code\":\"no_capacity\"");
    }

    @Test
    void aModelWithAWorkerIsReadyAndListedUntilItsWorkerIsGone() {
        gateway.loadModel();
        gateway.workers(List.of(TestGateway.card(8)));
        gateway.awaitStatus("/health", 200);

        String card = "{\"id\":\"tiny\",\"object\":\"model\",\"created\":1700000000,\"owned_by\":\"vidda\","
                + "\"root\":\"tiny\",\"parent\":null,\"max_model_len\":4096,\"max_fitting_len\":129}";
        assertThat(gateway.get("/v1/models").body()).isEqualTo("{\"object\":\"list\",\"data\":[" + card + "]}");
        assertThat(gateway.get("/v1/models/tiny").body()).isEqualTo(card);
        assertThat(gateway.get("/v1/models/%74iny").body()).isEqualTo(card);
        assertThat(gateway.get("/v1/models/org%2Ftiny").body()).contains("'org/tiny'");
        assertThat(gateway.get("/v1/models/other").statusCode()).isEqualTo(404);
        assertThat(gateway.get("/health").body()).isEqualTo("{\"status\":\"ok\",\"models\":[\"tiny\"]}");

        gateway.workers(List.of());
        gateway.awaitStatus("/readyz", 503);
    }

    @Test
    void aSchedulerThatIsGoneMakesTheServerUnready() {
        gateway.loadModel();
        gateway.workers(List.of(TestGateway.card(8)));
        gateway.awaitStatus("/health", 200);
        gateway.stopScheduler();
        gateway.awaitStatus("/health", 503);

        assertThat(gateway.get("/health").body()).contains("scheduler does not answer");
    }

    @Test
    void theChatPageIsServedWithAStrictPolicy() {
        HttpResponse<String> page = gateway.get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=UTF-8");
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'");
        assertThat(page.body())
                .contains("textContent")
                .doesNotContain("innerHTML")
                .doesNotContain("http://");
        assertThat(page.body()).doesNotContain("https://");
    }

    @Test
    void otherSitesGetNoPermissionToCallTheServer() {
        assertThat(gateway.get("/v1/models").headers().map()).doesNotContainKey("access-control-allow-origin");
    }

    @Test
    void theVersionIsTold() {
        assertThat(gateway.get("/version").body()).startsWith("{\"version\":\"");
    }

    @Test
    void onShutdownRunningAnswersFinishAndNewRequestsAreTurnedAway() {
        gateway.loadModel();
        gateway.workers(List.of(TestGateway.card(64)));
        gateway.awaitStatus("/health", 200);
        CompletableFuture<HttpResponse<String>> running =
                gateway.postAsync("/v1/completions", "{'prompt':'a','stream':true}");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello");
        var stopped = gateway.server.stop().toCompletableFuture();
        assertThat(gateway.openRequests()).isEqualTo(1);
        sequence.text(" w").eos();

        assertThat(running.join().body()).contains("Hello").contains(" w").endsWith("data: [DONE]\n\n");
        stopped.join();
        assertThat(gateway.openAsync("/v1/completions", "{'prompt':'a'}")).failsWithin(Duration.ofSeconds(10));
    }

    @Test
    void answersThatTakeTooLongOnShutdownEndWithAnError() {
        gateway.close();
        try (TestGateway hasty = TestGateway.start("vidda.gateway.shutdown-timeout = 100ms")) {
            CompletableFuture<HttpResponse<String>> running =
                    hasty.postAsync("/v1/completions", "{'prompt':'a','stream':true}");
            TestSequence sequence = hasty.admit();
            sequence.text("Hello");
            hasty.server.stop().toCompletableFuture().join();

            assertThat(running.join().body()).contains("shutting_down").endsWith("data: [DONE]\n\n");
            hasty.expectCancel(sequence.id());
            hasty.expectRelease(sequence.id());
        }
    }
}
