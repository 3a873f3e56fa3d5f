package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is said to fit now is admitted without waiting, and what never fits is refused: several clients ask, among streams that
 * begin, go on and break off at random. An answer holds until another request begins, so a client that is told that its request
 * fits begins it before the next one asks.
 */
@Timeout(240)
final class FitTest {
    private static final long SEED = 20_261_122;
    private static final int CLIENTS = 4;
    private static final int ASKS = 200;
    private static final int VOCABULARY = 1000;
    private static final int CONTEXT = 2_048;
    /** A stream that waits this long for room has one before it broken off. */
    private static final int PATIENCE_MILLIS = 500;
    /** Of a client; so all together mostly, but not always, find room. */
    private static final int MOST_STREAMS = 4;
    /** An event has two. */
    private static final int MOST_LINES = 60;

    /**
     * What clients were told.
     *
     * @param fits how often that it fits now; each of these was started
     * @param fitsNotNow that it will, but not now
     * @param never that it never does
     */
    private record Figures(int fits, int fitsNotNow, int never) {
        Figures plus(Figures other) {
            return new Figures(fits + other.fits, fitsNotNow + other.fitsNotNow, never + other.never);
        }
    }

    @Test
    void whatFitsNowIsAdmittedAtOnceAndWhatNeverFitsIsRefused(TestReporter reporter) throws Exception {
        Figures figures = new Figures(0, 0, 0);
        JsonNode decisions;
        try (RunningNode node = new RunningNode(
                        Map.of("vidda.node.model.kv-memory", "96MiB", "vidda.scheduler.max-pending", "1h"));
                ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            node.ready();
            Object turn = new Object();
            List<Future<Figures>> clients = threads.invokeAll(IntStream.range(0, CLIENTS)
                    .mapToObj(index -> new Client(node, turn, SEED + index))
                    .toList());
            for (Future<Figures> client : clients) {
                figures = figures.plus(client.get());
            }
            decisions = RunningNode.JSON
                    .readTree(node.get("/admin/capacity").body())
                    .path("decisions");
        }
        int admitted = decisions.path("admittedAtOnce").asInt();
        String all =
                "seed %d: %d asked by %d clients, of %d \"fits now\" %d were admitted at once, %d \"not now\", %d \"never\""
                        .formatted(SEED, ASKS, CLIENTS, figures.fits, admitted, figures.fitsNotNow, figures.never);
        reporter.publishEntry(all);
        assertThat(figures.fits).as(all).isGreaterThan(ASKS / 8);
        assertThat(figures.fitsNotNow).as(all).isGreaterThan(ASKS / 40);
        assertThat(figures.never).as(all).isGreaterThan(ASKS / 20);
        assertThat(decisions.path("admitted").asInt()).as(all).isEqualTo(figures.fits);
        assertThat(admitted).as(all).isGreaterThanOrEqualTo((int) Math.ceil(0.95 * figures.fits));
    }

    /** Asks, starts what fits, and breaks streams off. */
    private static final class Client implements Callable<Figures> {
        private final RunningNode node;
        private final long seed;
        private final RandomGenerator random;
        private final Object turn;
        private final List<BufferedReader> open = new ArrayList<>();

        Client(RunningNode node, Object turn, long seed) {
            this.node = node;
            this.turn = turn;
            this.seed = seed;
            random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        }

        @Override
        public Figures call() throws Exception {
            Figures figures = new Figures(0, 0, 0);
            for (int i = 0; i < ASKS / CLIENTS; i++) {
                figures = figures.plus(random.nextInt(10) == 0 ? never() : maybe());
                while (open.size() > random.nextInt(1, MOST_STREAMS)) {
                    breakOff();
                }
                read();
            }
            for (BufferedReader stream : open) {
                stream.close();
            }
            return figures;
        }

        /** Its prompt alone is longer than the context. */
        private Figures never() throws Exception {
            int prompt = random.nextInt(CONTEXT, 2 * CONTEXT);
            int tokens = random.nextInt(1, 100);
            assertThat(fit(prompt, tokens).path("fitsWhenEmpty").asInt())
                    .as("seed %d", seed)
                    .isZero();
            assertThat(node.send("POST", "/v1/completions", "", body(prompt, tokens))
                            .statusCode())
                    .as("seed %d", seed)
                    .isEqualTo(400);
            return new Figures(0, 0, 1);
        }

        private Figures maybe() throws Exception {
            int prompt = random.nextInt(10, 60);
            int tokens = random.nextInt(300, 1_900);
            synchronized (turn) {
                JsonNode answer = fit(prompt, tokens);
                assertThat(answer.path("fitsWhenEmpty").asInt())
                        .as("seed %d: %s", seed, answer)
                        .isPositive();
                if (answer.path("fitsNow").asInt() > 0) {
                    start(prompt, tokens);
                    return new Figures(1, 0, 0);
                }
            }
            breakOff();
            return new Figures(0, 1, 0);
        }

        private JsonNode fit(int prompt, int tokens) throws Exception {
            return node.post("/admin/capacity/fit", Map.of("promptTokens", prompt, "maxTokens", tokens));
        }

        /** Returns when the request is admitted, which the status line tells. */
        private void start(int prompt, int tokens) throws Exception {
            CompletableFuture<InputStream> stream = node.streamLater("/v1/completions", body(prompt, tokens));
            while (true) {
                try {
                    open.add(new BufferedReader(new InputStreamReader(
                            stream.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS), StandardCharsets.UTF_8)));
                    return;
                } catch (TimeoutException e) {
                    breakOff();
                }
            }
        }

        private Map<String, ?> body(int prompt, int tokens) {
            int[] ids = IntStream.range(0, prompt)
                    .map(i -> random.nextInt(3, VOCABULARY))
                    .toArray();
            return Map.of("prompt", ids, "max_tokens", tokens, "ignore_eos", true, "stream", true);
        }

        /** Never its last one, which is the clock that tells when to ask again. */
        private void breakOff() throws IOException {
            if (open.size() > 1) {
                open.remove(random.nextInt(open.size())).close();
            }
        }

        /** Some tokens of one of the streams. */
        private void read() throws IOException {
            int lines = random.nextInt(1, MOST_LINES);
            BufferedReader stream = open.isEmpty() ? null : open.get(random.nextInt(open.size()));
            for (int i = 0; stream != null && i < lines; i++) {
                if (stream.readLine() == null) {
                    open.remove(stream);
                    return;
                }
            }
        }
    }
}
