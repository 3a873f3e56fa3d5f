package dev.vidda.worker.engine;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenIds;
import dev.vidda.worker.engine.AddResult.Added;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests come, go and crowd each other out at random; each must generate what it generates alone. */
class EnginePropertyTest {
    private static final int MAX_LENGTH = 120;

    @ParameterizedTest
    @CsvSource({"false, 0", "true, 0", "false, 9", "true, 9", "true, 60"})
    void tokensDependOnTheRequestAlone(boolean lookahead, int hostBlocks) {
        long preemptions = 0;
        long swaps = 0;
        long cached = 0;
        for (int seed = 0; seed < 300; seed++) {
            Run run = new Run(seed, lookahead, hostBlocks);
            try {
                run.operate(120);
                run.finish();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
            preemptions += run.engine.stats().preemptions();
            swaps += run.engine.stats().swaps();
            cached += run.engine.stats().cachedTokens();
        }
        // The runs must have been crowded, or they prove nothing.
        assertThat(preemptions).isGreaterThan(1000);
        assertThat(cached).isGreaterThan(1000);
        assertThat(swaps).isGreaterThanOrEqualTo(100 * Math.min(1, hostBlocks));
    }

    private static final class Run {
        final SplittableRandom random;
        final Engine engine;
        final Outcomes outcomes = new Outcomes();
        final Map<String, GenerationRequest> live = new LinkedHashMap<>();
        int added;

        Run(int seed, boolean lookahead, int hostBlocks) {
            random = new SplittableRandom(seed);
            engine = RandomEngine.create(random, 1, MAX_LENGTH, lookahead, hostBlocks);
        }

        void operate(int operations) {
            for (int i = 0; i < operations; i++) {
                switch (random.nextInt(6)) {
                    case 0, 1 -> add();
                    case 2 -> cancelSometimes();
                    default -> outcomes.add(engine.step());
                }
                engine.checkIntegrity();
            }
        }

        private void add() {
            // Few different beginnings, so that prefixes are shared.
            int start = random.nextInt(3);
            int length = random.nextInt(1, random.nextInt(2, 90));
            int[] prompt =
                    IntStream.range(0, length).map(i -> (start + i * i) % 90).toArray();
            if (random.nextBoolean()) {
                prompt[random.nextInt(length)] = random.nextInt(90);
            }
            List<Integer> stop = random.nextBoolean() ? List.of(3, 44) : List.of();
            GenerationRequest request = Requests.request(
                    "r" + added++,
                    TokenIds.of(prompt),
                    random.nextInt(4) == 0 ? random.nextInt(1, 5) : 1,
                    Requests.sampling(random.nextLong(), random.nextInt(1, 60), stop, random.nextInt(10)));
            assertThat(engine.add(request)).isEqualTo(new Added());
            live.put(request.id(), request);
        }

        private void cancelSometimes() {
            if (!live.isEmpty() && random.nextInt(3) == 0) {
                String id = new ArrayList<>(live.keySet()).get(random.nextInt(live.size()));
                engine.cancel(id);
                GenerationRequest request = Objects.requireNonNull(live.remove(id));
                for (int choice = 0; choice < request.samples(); choice++) {
                    int[] tokens = outcomes.tokens(id + "/" + choice);
                    int[] expected = FakeRunner.expected(request, choice, MAX_LENGTH);
                    assertThat(tokens).isEqualTo(Arrays.copyOf(expected, tokens.length));
                }
            }
        }

        void finish() {
            int steps = 0;
            while (engine.hasWork()) {
                outcomes.add(engine.step());
                engine.checkIntegrity();
                assertThat(steps++).as("steps until all are done").isLessThan(100_000);
            }
            live.values().forEach(request -> outcomes.assertExpected(request, MAX_LENGTH));
            assertThat(engine.stats().usedBlocks()).isZero();
            assertThat(engine.stats().swappedBlocks()).isZero();
            assertThat(engine.stats().running()).isZero();
            assertThat(engine.stats().waiting()).isZero();
        }
    }
}
