package dev.vidda.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.DeviceHealth;
import dev.vidda.protocol.FitAnswer;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerOrderReply;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class AdminApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SchedulerLimits LIMITS =
            new SchedulerLimits(1024, 4, 60_000, 0.9, 8, 2000, 0, 1000, Map.of("tiny", 2048));

    @RegisterExtension
    private static final TestGateway gateway = TestGateway.start();

    @Test
    void capacityIsToldForEachWorkerAndInAll() throws IOException {
        gateway.capacity(new Capacity(
                List.of(worker("b", 30, WorkerState.DRAINING), worker("a", 12, WorkerState.SERVING)),
                List.of(new Capacity.ModelQueue("tiny", 3, 70, 1500))));
        JsonNode json = get("/admin/capacity");

        assertThat(json.path("workers").findValuesAsText("id")).containsExactly("a", "b");
        JsonNode a = json.path("workers").path(0);
        assertThat(a.path("blocks").path("total").asInt()).isEqualTo(64);
        assertThat(a.path("blocks").path("used").asInt()).isEqualTo(12);
        assertThat(a.path("blocks").path("evictable").asInt()).isEqualTo(5);
        assertThat(a.path("blocks").path("free").asInt()).isEqualTo(64 - 12 - 5);
        assertThat(a.path("blocks").path("committed").asInt()).isEqualTo(20);
        assertThat(a.path("blocks").path("swapped").asInt()).isEqualTo(2);
        assertThat(a.path("memory").path("weights").asLong()).isEqualTo(400);
        assertThat(a.path("running").asInt()).isEqualTo(4);
        assertThat(a.path("stepMillis").asDouble()).isEqualTo(5);
        assertThat(a.path("health").path("powerWatts").asDouble()).isEqualTo(350.5);
        assertThat(a.path("longestContext").asLong()).isEqualTo(700);
        assertThat(json.path("workers").path(1).path("state").asText()).isEqualTo("draining");
        assertThat(json.path("total").path("blocks").path("used").asInt()).isEqualTo(42);
        assertThat(json.path("total").path("memory").path("total").asLong()).isEqualTo(2000);
        assertThat(json.path("total").path("waiting").asInt()).isEqualTo(3);
        assertThat(json.path("queues").path(0).path("estimatedWaitMillis").asInt())
                .isEqualTo(1500);
    }

    @Test
    void watchingTellsEachChangeOnce() throws IOException {
        gateway.capacity(new Capacity(List.of(worker("a", 12, WorkerState.SERVING)), List.of()));
        try (BufferedReader events = new BufferedReader(new InputStreamReader(
                gateway.sendAsync(HttpRequest.newBuilder(gateway.uri("/admin/capacity?watch"))
                                .build())
                        .join()
                        .body(),
                StandardCharsets.UTF_8))) {
            assertThat(used(events)).isEqualTo(12);
            gateway.capacity(new Capacity(List.of(worker("a", 13, WorkerState.SERVING)), List.of()));
            assertThat(used(events)).isEqualTo(13);
        }
    }

    @Test
    void fitTellsHowManyAndWhyNotMore() throws IOException {
        CompletableFuture<HttpResponse<String>> response =
                post("/admin/capacity/fit", "{'promptTokens': 100, 'maxTokens': 50, 'count': 9, 'class': 'batch'}");
        SchedulerCommand.AskFit ask = gateway.scheduler.expectMessageClass(SchedulerCommand.AskFit.class);
        assertThat(ask.question().model()).isEqualTo("tiny");
        assertThat(ask.question().count()).isEqualTo(9);
        ask.replyTo()
                .tell(new FitAnswer(
                        6,
                        20,
                        10,
                        0,
                        -1,
                        150,
                        42.5,
                        Optional.of(new Refusal(Refusal.Reason.QUEUE_FULL, "no room for 3", 2000, 10, 64, 1025))));
        JsonNode json = JSON.readTree(response.join().body());

        assertThat(json.path("fitsNow").asInt()).isEqualTo(6);
        assertThat(json.path("waitMillis").asInt()).isZero();
        assertThat(json.path("waitAllMillis").isNull()).isTrue();
        assertThat(json.path("ttftMillis").asInt()).isEqualTo(150);
        assertThat(json.path("whyNot").path("reason").asText()).isEqualTo("queue_full");
        assertThat(json.path("whyNot").path("blocksNeeded").asInt()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'maxTokens': 5} | promptTokens' is required",
                "{'promptTokens': 5, 'maxTokens': 5, 'cuont': 2} | cuont' is no field; there are class, count, guaranteed, itl",
                "{'promptTokens': 0, 'maxTokens': 5} | promptTokens' must be at least 1, was 0.",
                "{'promptTokens': 'many', 'maxTokens': 5} | promptTokens' must be an integer",
                "{'promptTokens': 5, 'maxTokens': 5, 'class': 'urgent'} | urgent",
                "[] | JSON object"
            })
    void aWrongQuestionIsNamed(String body, String message) {
        HttpResponse<String> response = post("/admin/capacity/fit", body).join();

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains(message).doesNotContain("dev.vidda");
        assertThat(response.body().contains("\"param\":null")).isEqualTo(body.equals("[]"));
    }

    @Test
    void limitsChangeFieldByField() throws IOException {
        CompletableFuture<HttpResponse<String>> response = gateway.sendForText(HttpRequest.newBuilder(
                        gateway.uri("/admin/limits"))
                .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"waitingRequests\": 7, \"outputQuantile\": 1}"))
                .build());
        gateway.scheduler
                .expectMessageClass(SchedulerCommand.AskLimits.class)
                .replyTo()
                .tell(LIMITS);
        SchedulerCommand.ChangeLimits change =
                gateway.scheduler.expectMessageClass(SchedulerCommand.ChangeLimits.class);
        assertThat(change.limits())
                .isEqualTo(new SchedulerLimits(7, 4, 60_000, 1, 8, 2000, 0, 1000, Map.of("tiny", 2048)));
        change.replyTo().tell(change.limits());

        assertThat(JSON.readTree(response.join().body()).path("waitingRequests").asInt())
                .isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"waitingRequest\": 7} | no limit 'waitingRequest'",
                "{\"outputQuantile\": 2} | outputQuantile' must be in (0, 1], was 2.0."
            })
    void aWrongLimitChangesNothing(String body, String message) {
        CompletableFuture<HttpResponse<String>> response =
                gateway.sendForText(HttpRequest.newBuilder(gateway.uri("/admin/limits"))
                        .method("PATCH", HttpRequest.BodyPublishers.ofString(body))
                        .build());
        gateway.scheduler
                .expectMessageClass(SchedulerCommand.AskLimits.class)
                .replyTo()
                .tell(LIMITS);

        assertThat(response.join().statusCode()).isEqualTo(400);
        assertThat(response.join().body()).contains(message);
        gateway.scheduler.expectNoMessage();
    }

    @Test
    void ordersReachTheWorkerTheyName() {
        CompletableFuture<HttpResponse<String>> drain = post("/admin/workers/w-1/drain", "{'deadlineMillis': 500}");
        var order = gateway.scheduler.expectMessageClass(SchedulerCommand.DrainWorker.class);
        assertThat(order.workerId()).isEqualTo("w-1");
        assertThat(order.deadlineMillis()).isEqualTo(500);
        order.replyTo().tell(new WorkerOrderReply("w-1", true));
        assertThat(drain.join().statusCode()).isEqualTo(202);

        CompletableFuture<HttpResponse<String>> flush = post("/admin/workers/nobody/flush", "{}");
        gateway.scheduler
                .expectMessageClass(SchedulerCommand.FlushWorker.class)
                .replyTo()
                .tell(new WorkerOrderReply("nobody", false));
        assertThat(flush.join().statusCode()).isEqualTo(404);
        assertThat(flush.join().body()).contains("nobody");
    }

    @Test
    void warmingAPrefixRunsOneTokenInTheTenantsName() {
        CompletableFuture<HttpResponse<String>> response = post(
                "/admin/prefixes/warm",
                "{'tenant': 'alpha', 'stream': true, 'messages': [{'role': 'user', 'content': 'a long prefix'}]}");
        SchedulerCommand.Admit admit = gateway.expectAdmit();
        assertThat(admit.request().maxNewTokens()).isEqualTo(1);
        assertThat(admit.request().tenant().name()).isEqualTo("alpha");
        TestSequence sequence = gateway.admit(admit);
        assertThat(sequence.start().request().cacheSalt()).isEqualTo("5:alpha");
        sequence.tokens(0, 72).length(0);

        assertThat(response.join().statusCode()).isEqualTo(200);
    }

    @Test
    void aPlanIsMadeForOneGpuOrForAll() throws IOException {
        JsonNode one = get("/admin/plan?gpu=h200&model=qwen3-4b&context=8192&concurrency=32");
        assertThat(one.path("gpu").asText()).isEqualTo("H200-141GB");
        assertThat(one.path("fits").asBoolean()).isTrue();
        assertThat(get("/admin/plan?model=qwen3-4b").path("plans").size()).isGreaterThan(15);
        assertThat(gateway.get("/admin/plan?gpu=abacus&model=qwen3-4b").statusCode())
                .isEqualTo(400);
        assertThat(gateway.get("/admin/plan?gpus=none").body()).contains("gpus must be an integer");
        assertThat(gateway.get("/admin/plan?gpuz=3").body()).contains("gpuz");
    }

    @Test
    void wrongAddressesAndMethodsAreErrors() {
        assertThat(gateway.get("/admin/nothing").statusCode()).isEqualTo(404);
        assertThat(gateway.get("/admin/capacity/fit").statusCode()).isEqualTo(405);
        assertThat(post("/admin/workers/a/explode", "{}").join().statusCode()).isEqualTo(404);
        assertThat(post("/admin/capacity", "{}").join().statusCode()).isEqualTo(405);
    }

    private static Capacity.WorkerCapacity worker(String id, int used, WorkerState state) {
        WorkerCard plain = TestGateway.card(64);
        WorkerCard card = new WorkerCard(
                id,
                plain.model(),
                plain.device(),
                plain.maxModelLength(),
                plain.kvShape(),
                64,
                plain.maxSequences(),
                new MemoryUse(1000, 0, 400, 100, 500),
                "1.2",
                1_700_000_000);
        WorkerReport report = new WorkerReport(
                id,
                9,
                state,
                new BlockCounts(used, 5, 2),
                new SequenceCounts(4, 1, 6),
                new TokenCounts(1000, 50, 300),
                List.of(new StepSample(0, 4, 100, 4000), new StepSample(16, 4, 100, 6000)),
                LeaseChanges.NONE,
                Optional.of(new DeviceHealth(61, 350.5, 1700, 98, 800, 1000, false)));
        return new Capacity.WorkerCapacity(card, report, 40, 20, 5, 700);
    }

    private static int used(BufferedReader events) throws IOException {
        String line = events.readLine();
        while (!line.startsWith("data: ")) {
            line = events.readLine();
        }
        return JSON.readTree(line.substring("data: ".length()))
                .path("total")
                .path("blocks")
                .path("used")
                .asInt();
    }

    private static JsonNode get(String path) throws IOException {
        return JSON.readTree(gateway.get(path).body());
    }

    private static CompletableFuture<HttpResponse<String>> post(String path, String json) {
        return gateway.postAsync(path, json);
    }
}
