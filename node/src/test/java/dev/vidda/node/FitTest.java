package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What is said to fit now is admitted without waiting, among streams that begin and break off at random. */
@Timeout(120)
final class FitTest {
    private static final long SEED = 20_261_122;
    private static final int ASKS = 60;
    private static final int VOCABULARY = 1000;

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);

    @Test
    void whatFitsNowIsAdmittedAtOnceAndWhatNeverFitsIsRefused() throws Exception {
        int fits = 0;
        int admitted = 0;
        List<InputStream> open = new ArrayList<>();
        try (RunningNode node = new RunningNode(Map.of("vidda.node.model.kv-memory", "34MiB"))) {
            node.ready();
            for (int i = 0; i < ASKS; i++) {
                boolean tooLarge = i % 10 == 9;
                int prompt = random.nextInt(10, 60);
                int tokens = tooLarge ? 2_048 : random.nextInt(300, 1_900);
                JsonNode answer = node.post("/admin/capacity/fit", Map.of("promptTokens", prompt, "maxTokens", tokens));
                assertThat(answer.path("fitsWhenEmpty").asInt() == 0)
                        .as("seed %d, ask %d: %s", SEED, i, answer)
                        .isEqualTo(tooLarge);
                if (answer.path("fitsNow").asInt() > 0) {
                    fits++;
                    open.add(start(node, prompt, tokens));
                } else if (!tooLarge) {
                    open.remove(random.nextInt(open.size())).close();
                }
            }
            admitted = RunningNode.JSON
                    .readTree(node.get("/admin/capacity").body())
                    .path("decisions")
                    .path("admittedAtOnce")
                    .asInt();
            for (InputStream stream : open) {
                stream.close();
            }
        }
        String figures = "seed %d: %d asked, %d \"fits now\", of which %d were admitted at once"
                .formatted(SEED, ASKS, fits, admitted);
        assertThat(fits).as(figures).isBetween(10, ASKS - 10);
        assertThat(admitted).as(figures).isGreaterThanOrEqualTo((int) Math.ceil(0.95 * fits));
    }

    /** Returns when the request is admitted, which the status line tells. */
    private InputStream start(RunningNode node, int prompt, int tokens) throws Exception {
        int[] ids = IntStream.range(0, prompt)
                .map(i -> random.nextInt(3, VOCABULARY))
                .toArray();
        return node.stream(
                "/v1/completions", Map.of("prompt", ids, "max_tokens", tokens, "ignore_eos", true, "stream", true));
    }
}
