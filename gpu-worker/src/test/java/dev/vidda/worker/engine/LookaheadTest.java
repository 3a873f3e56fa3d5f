package dev.vidda.worker.engine;

import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenIds;
import java.util.List;
import org.junit.jupiter.api.Test;

import static dev.vidda.worker.engine.Requests.prompt;
import static dev.vidda.worker.engine.Requests.request;
import static dev.vidda.worker.engine.Requests.sampling;
import static dev.vidda.worker.engine.Requests.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What {@link EnginePropertyTest} finds by chance, one by one: sequences that end, leave and fail under a step in flight. */
class LookaheadTest {
    private static final int MAX_LENGTH = 200;

    private final FakeRunner runner = new FakeRunner(64, 4, MAX_LENGTH).withLookahead();
    private final Engine engine = new Engine(runner, "m", settings(16, 4));
    private final Outcomes outcomes = new Outcomes();

    @Test
    void aLengthThatIsKnownAheadWastesNoRow() {
        GenerationRequest request = request("a", prompt(1, 37), 20);
        engine.add(request);
        outcomes.run(engine).assertExpected(request, MAX_LENGTH);
        assertThat(engine.stats().computedTokens()).isEqualTo(37 + 19);
        assertThat(engine.stats().usedBlocks()).isZero();
    }

    @Test
    void aStopTokenWastesOneRow() {
        int stop = FakeRunner.expected(request("a", prompt(1, 5), 4), 0, MAX_LENGTH)[2];
        GenerationRequest request = request("a", prompt(1, 5), 1, sampling(0, 50, List.of(stop), 0));
        engine.add(request);
        outcomes.run(engine).assertExpected(request, MAX_LENGTH);
        assertThat(engine.stats().computedTokens()).isEqualTo(5 + 2 + 1);
        assertThat(engine.hasWork()).isFalse();
    }

    @Test
    void theStepBehindIsLaunchedBeforeAStepIsRead() {
        engine.add(request("a", prompt(1, 5), 4));
        assertThat(engine.launch()).isTrue();
        assertThat(engine.launch()).isTrue();
        assertThatIllegalStateException().isThrownBy(engine::launch).withMessageContaining("2 steps are in flight");
        assertThat(engine.collect()).hasSize(1);
        assertThat(engine.collect()).hasSize(1);
    }

    @Test
    void aRequestCancelledWhileItIsComputedFreesItsBlocksAndItsTokensAreDropped() {
        GenerationRequest stays = request("b", prompt(2, 6), 12);
        engine.add(request("a", prompt(1, 5), 50));
        engine.add(stays);
        outcomes.add(engine.step());
        assertThat(engine.cancel("a")).isTrue();
        engine.checkIntegrity();
        GenerationRequest again = request("a", prompt(3, 7), 2);
        engine.add(again);
        Outcomes later = new Outcomes();
        while (engine.hasWork()) {
            engine.step().forEach(delta -> (delta.requestId().equals("a") ? later : outcomes).add(List.of(delta)));
            engine.checkIntegrity();
        }
        outcomes.assertExpected(stays, MAX_LENGTH);
        later.assertExpected(again, MAX_LENGTH);
        assertThat(engine.stats().usedBlocks()).isZero();
    }

    @Test
    void whatIsInFlightWhenTheLastRequestLeavesIsStillRead() {
        engine.add(request("a", prompt(1, 5), 50));
        engine.step();
        engine.cancel("a");
        assertThat(engine.stats().usedBlocks()).isZero();
        assertThat(engine.hasWork()).isTrue();
        assertThat(engine.step()).isEmpty();
        assertThat(engine.hasWork()).isFalse();
    }

    @Test
    void aSequenceWithoutATokenFailsAndTheRowBehindItIsDropped() {
        GenerationRequest healthy = request("b", prompt(1, 9), 5);
        engine.add(request("a", TokenIds.of(1, 2, FakeRunner.POISON), 1, sampling(0, 5, List.of(), 0)));
        engine.add(healthy);
        outcomes.run(engine).assertExpected(healthy, MAX_LENGTH);
        assertThat(outcomes.finish("a/0").reason()).isEqualTo(FinishReason.FAILED);
    }

    @Test
    void aSequenceWaitsForTheBlocksOfOneThatIsAboutToEndAndNobodyIsPreempted() {
        Engine small = new Engine(new FakeRunner(4, 4, MAX_LENGTH).withLookahead(), "m", settings(16, 4));
        GenerationRequest ends = request("ends", prompt(1, 7), 2);
        GenerationRequest grows = request("grows", prompt(2, 7), 6);
        small.add(ends);
        small.add(grows);
        outcomes.run(small);
        outcomes.assertExpected(ends, MAX_LENGTH);
        outcomes.assertExpected(grows, MAX_LENGTH);
        assertThat(small.stats().preemptions()).isZero();
    }

    @Test
    void switchedOffNothingIsInFlightBetweenSteps() {
        Engine plain = new Engine(runner, "m", new EngineSettings(16, 4, 0.25, 3, 0.01, true, false, 0));
        plain.add(request("a", prompt(1, 5), 1));
        outcomes.add(plain.step());
        assertThat(plain.hasWork()).isFalse();
    }

    @Test
    void anErrorFailsWhatIsInFlight() {
        Engine broken =
                new Engine(new FakeRunner(64, 4, MAX_LENGTH).withLookahead().failingAt(2), "m", settings(16, 4));
        broken.add(request("a", prompt(1, 5), 9));
        outcomes.add(broken.step());
        assertThatIllegalStateException().isThrownBy(broken::step).withMessage("the device fell over");
        outcomes.add(broken.failAll("the device fell over"));
        assertThat(outcomes.tokens("a/0")).hasSize(1);
        assertThat(outcomes.finish("a/0").message()).isEqualTo("the device fell over");
        assertThat(broken.hasWork()).isFalse();
        assertThat(broken.stats().usedBlocks()).isZero();
    }
}
