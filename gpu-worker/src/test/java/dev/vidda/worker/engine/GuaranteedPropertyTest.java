package dev.vidda.worker.engine;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenIds;
import dev.vidda.worker.engine.AddResult.Added;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * More is asked of a small pool than it has, by requests that are guaranteed their blocks and others, with common
 * beginnings and several samples: who is guaranteed keeps its blocks, and everyone generates what it generates alone.
 */
class GuaranteedPropertyTest {
    private static final int MAX_LENGTH = 120;
    private static final int BOUND = 100_000;

    @ParameterizedTest(name = "lookahead {0}, {1} blocks on the host")
    @CsvSource({"false, 0", "true, 0", "true, 60"})
    void whoIsGuaranteedIsNeverPreemptedAndEveryoneEnds(boolean lookahead, int hostBlocks) {
        long preemptions = 0;
        long guaranteed = 0;
        for (int seed = 0; seed < 150; seed++) {
            Run run = new Run(seed, lookahead, hostBlocks);
            try {
                run.operate(120);
                run.finish();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
            preemptions += run.engine.stats().preemptions();
            guaranteed += run.guaranteed.size();
        }
        assertThat(preemptions).as("the runs must have been crowded").isGreaterThan(500);
        assertThat(guaranteed).isGreaterThan(500);
    }

    private static final class Run {
        final SplittableRandom random;
        final Engine engine;
        final Outcomes outcomes = new Outcomes();
        final Map<String, GenerationRequest> others = new LinkedHashMap<>();
        final Map<String, GenerationRequest> guaranteed = new LinkedHashMap<>();
        int added;

        Run(int seed, boolean lookahead, int hostBlocks) {
            random = new SplittableRandom(seed);
            engine = RandomEngine.create(random, 2, MAX_LENGTH, lookahead, hostBlocks);
        }

        void operate(int operations) {
            for (int i = 0; i < operations; i++) {
                if (random.nextInt(3) == 0) {
                    add();
                }
                outcomes.add(engine.step());
                engine.checkIntegrity();
            }
        }

        private void add() {
            int start = random.nextInt(3);
            int length = random.nextInt(1, 60);
            int[] prompt =
                    IntStream.range(0, length).map(i -> (start + i * i) % 90).toArray();
            GenerationRequest request = Requests.request(
                    "r" + added++,
                    TokenIds.of(prompt),
                    random.nextInt(4) == 0 ? random.nextInt(1, 4) : 1,
                    Requests.sampling(random.nextLong(), random.nextInt(20, 100), List.of(), 0));
            boolean isGuaranteed = random.nextInt(3) == 0;
            assertThat(engine.add(request, isGuaranteed)).isEqualTo(new Added());
            (isGuaranteed ? guaranteed : others).put(request.id(), request);
        }

        void finish() {
            for (int steps = 0; engine.hasWork(); steps++) {
                outcomes.add(engine.step());
                engine.checkIntegrity();
                assertThat(steps).as("steps until all are done").isLessThan(BOUND);
            }
            others.values().forEach(request -> outcomes.assertExpected(request, MAX_LENGTH));
            for (GenerationRequest request : guaranteed.values()) {
                outcomes.assertExpected(request, MAX_LENGTH);
                for (int choice = 0; choice < request.samples(); choice++) {
                    String key = request.id() + "/" + choice;
                    assertThat(outcomes.finish(key).preemptions()).as(key).isZero();
                }
            }
            assertThat(engine.stats().usedBlocks()).isZero();
            assertThat(engine.pendingTokens()).isZero();
        }
    }
}
