package dev.vidda.worker.engine;

import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import org.junit.jupiter.api.Test;

import static dev.vidda.worker.engine.Requests.prompt;
import static dev.vidda.worker.engine.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

class SwapTest {
    private static final int MAX_LENGTH = 200;

    private final Outcomes outcomes = new Outcomes();

    @Test
    void aPreemptedSequenceComesBackWithoutComputingAnythingTwice() {
        Engine engine = crowded(64);
        assertThat(engine.stats().swaps()).isEqualTo(1);
        assertThat(engine.stats().swappedBlocks()).isPositive();
        outcomes.run(engine);
        // Both prompts, and each generated token but the last.
        assertThat(engine.stats().computedTokens()).isEqualTo(2 * (20 + 39));
        assertThat(engine.stats().preemptions()).isEqualTo(1);
        assertThat(engine.stats().swappedBlocks()).isZero();
        assertThat(engine.stats().usedBlocks()).isZero();
    }

    @Test
    void withTooLittleRoomItIsComputedAgain() {
        Engine engine = crowded(3);
        assertThat(engine.stats().swaps()).isZero();
        outcomes.run(engine);
        assertThat(engine.stats().computedTokens()).isGreaterThan(2 * (20 + 39));
    }

    @Test
    void cancellingFreesTheRoomOnTheHost() {
        Engine engine = crowded(64);
        engine.cancel("b");
        assertThat(engine.stats().swappedBlocks()).isZero();
        engine.checkIntegrity();
        outcomes.run(engine);
        assertThat(outcomes.finish("a/0").reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void failingFreesTheRoomOnTheHost() {
        Engine engine = crowded(64);
        engine.failAll("gone");
        assertThat(engine.stats().swappedBlocks()).isZero();
        engine.checkIntegrity();
    }

    /** Two sequences in a pool for hardly more than one, stepped until one has lost its blocks. */
    private Engine crowded(int hostBlocks) {
        FakeRunner runner = new FakeRunner(18, 4, MAX_LENGTH).withLookahead().withHostBlocks(hostBlocks);
        EngineSettings settings = new EngineSettings(64, 4, 0.25, 3, 0, false, true, 1);
        Engine engine = new Engine(runner, "m", settings);
        for (String id : new String[] {"a", "b"}) {
            GenerationRequest request = request(id, prompt(id.charAt(0), 20), 40);
            engine.add(request);
        }
        while (engine.stats().preemptions() == 0) {
            outcomes.add(engine.step());
            engine.checkIntegrity();
        }
        return engine;
    }
}
