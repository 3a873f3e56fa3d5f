package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.gateway.admin.plan.ModelFacts;
import dev.vidda.gateway.admin.plan.PlanTables;
import dev.vidda.gateway.admin.plan.Precision;
import dev.vidda.worker.model.ModelConfig;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What the server says of its capacity, against what it does. Its pool holds a little more than two full contexts. */
@Timeout(180)
final class CapacityTest {
    private static final int REQUESTS = 50;
    private static final int CLIENTS = 4;
    private static final int VOCABULARY = 1000;

    private static RunningNode node;
    private static final AtomicLong generated = new AtomicLong();

    @BeforeAll
    static void start() throws Exception {
        node = new RunningNode(Map.of("vidda.node.model.kv-memory", "34MiB"));
        node.ready();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void whatNeverFitsIsRefusedAndTheCountersAreExactWhenNothingRuns() throws Exception {
        long seed = 20_261_122;
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<Integer>> statuses = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                boolean tooLarge = i % 5 == 4;
                int prompt = tooLarge ? random.nextInt(2048, 2300) : random.nextInt(1, 300);
                int tokens = random.nextInt(1, 24);
                JsonNode fit = node.post("/admin/capacity/fit", Map.of("promptTokens", prompt, "maxTokens", tokens));
                assertThat(fit.path("fitsWhenEmpty").asLong() == 0)
                        .as("seed %d, %s", seed, fit)
                        .isEqualTo(tooLarge);
                long tokenSeed = random.nextLong();
                statuses.add(clients.submit(() -> complete(prompt, tokens, tokenSeed)));
                assertWithinTotals("seed %d, request %d".formatted(seed, i));
            }
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(statuses.get(i).get())
                        .as("seed %d, request %d", seed, i)
                        .isEqualTo(i % 5 == 4 ? 400 : 200);
            }
        }
        quiescent();
    }

    /** While requests come and go. */
    private static void assertWithinTotals(String when) throws Exception {
        JsonNode capacity =
                RunningNode.JSON.readTree(node.get("/admin/capacity").body());
        JsonNode worker = capacity.path("workers").path(0);
        JsonNode blocks = worker.path("blocks");
        int total = blocks.path("total").asInt();
        assertThat(blocks.path("used").asInt() + blocks.path("evictable").asInt())
                .as(when)
                .isBetween(0, total);
        assertThat(blocks.path("free").asInt()).as(when).isBetween(0, total);
        assertThat(blocks.path("committed").asInt()).as(when).isBetween(0, total);
        assertThat(worker.path("running").asInt())
                .as(when)
                .isBetween(0, worker.path("maxSequences").asInt());
        assertThat(worker.path("longestContext").asInt())
                .as(when)
                .isBetween(0, worker.path("maxModelLength").asInt());
    }

    private static void quiescent() throws Exception {
        JsonNode total = node.post("/v1/completions", Map.of("prompt", List.of(1, 2), "max_tokens", 1));
        assertThat(total.path("usage").path("completion_tokens").asInt()).isEqualTo(1);
        generated.incrementAndGet();
        JsonNode worker;
        long deadline = System.nanoTime() + 20_000_000_000L;
        do {
            JsonNode capacity =
                    RunningNode.JSON.readTree(node.get("/admin/capacity").body());
            worker = capacity.path("workers").path(0);
            JsonNode blocks = worker.path("blocks");
            assertThat(blocks.path("used").asInt() + blocks.path("evictable").asInt())
                    .isLessThanOrEqualTo(blocks.path("total").asInt());
        } while (System.nanoTime() < deadline
                && (worker.path("tokens").path("generated").asLong() < generated.get()
                        || worker.path("running").asInt() != 0
                        || worker.path("leases").asInt() != 0));
        assertThat(worker.path("tokens").path("generated").asLong()).isEqualTo(generated.get());
        assertThat(worker.path("running").asInt()).isZero();
        assertThat(worker.path("leases").asInt()).isZero();
        assertThat(worker.path("blocks").path("used").asInt()).isZero();
        assertThat(worker.path("blocks").path("committed").asInt()).isZero();
        assertThat(worker.path("blocks").path("total").asInt())
                .isEqualTo(node.ready().workers().getFirst().kvBlocks());
    }

    @Test
    void thePlannerCountsAsTheWorkerDoes() throws Exception {
        Path demo = RunningNode.ROOT.resolve("models/demo");
        ModelFacts planned =
                ModelFacts.read("demo", RunningNode.JSON.readTree(Files.readString(demo.resolve("config.json"))));
        ModelConfig real = ModelConfig.read(demo);

        assertThat(planned.parameters()).isEqualTo(real.parameters());
        assertThat(planned.kv(4)).isEqualTo(node.ready().workers().getFirst().kvShape());
        long weights = node.ready().workers().getFirst().memory().weights();
        if (weights > 0) {
            assertThat((double) planned.weightBytes(Precision.BF16)).isCloseTo(weights, Percentage.withPercentage(5));
        }
    }

    @Test
    void bothReadersOfConfigurationsAgreeOnKnownModels(@TempDir Path directory) throws Exception {
        JsonNode models = RunningNode.JSON.readTree(PlanTables.class.getResourceAsStream("/plan/models.json"));
        for (String name : List.of("Qwen/Qwen3-4B-Instruct-2507", "meta-llama/Meta-Llama-3-8B-Instruct")) {
            var config = (com.fasterxml.jackson.databind.node.ObjectNode)
                    models.path(name).deepCopy();
            config.putArray("architectures").add(name.startsWith("Qwen") ? "Qwen3ForCausalLM" : "LlamaForCausalLM");
            config.put("rms_norm_eps", 1e-6).put("rope_theta", 1e6).put("hidden_act", "silu");
            Files.writeString(directory.resolve("config.json"), config.toString());

            assertThat(PlanTables.load().model(name).parameters())
                    .isEqualTo(ModelConfig.read(directory).parameters());
        }
    }

    /** Returns the status; 200 if all of its tokens came */
    private static int complete(int prompt, int tokens, long seed) throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int[] ids = IntStream.range(0, prompt)
                .map(i -> random.nextInt(3, VOCABULARY))
                .toArray();
        Map<String, Object> body = Map.of("prompt", ids, "max_tokens", tokens, "ignore_eos", true);
        HttpResponse<String> response = node.send("POST", "/v1/completions", "", body);
        if (response.statusCode() == 200) {
            generated.addAndGet(RunningNode.JSON
                    .readTree(response.body())
                    .path("usage")
                    .path("completion_tokens")
                    .asLong());
        }
        return response.statusCode();
    }
}
