package dev.vidda.worker.engine;

import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.GenerationRequest.Continuation;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import dev.vidda.worker.engine.AddResult.Added;
import dev.vidda.worker.engine.AddResult.Refused;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static dev.vidda.worker.engine.Requests.prompt;
import static dev.vidda.worker.engine.Requests.request;
import static dev.vidda.worker.engine.Requests.sampling;
import static dev.vidda.worker.engine.Requests.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class EngineTest {
    private static final int MAX_LENGTH = 200;

    private final FakeRunner runner = new FakeRunner(64, 4, MAX_LENGTH);
    private final Engine engine = new Engine(runner, "m", settings(16, 4));
    private final Outcomes outcomes = new Outcomes();

    @Test
    void generatesWhatTheModelSaysAndFreesItsBlocks() {
        GenerationRequest request = request("a", prompt(1, 37), 20);
        add(request);
        outcomes.run(engine).assertExpected(request, MAX_LENGTH);
        assertThat(engine.stats().usedBlocks()).isZero();
        assertThat(engine.stats().generatedTokens()).isEqualTo(20);
        assertThat(engine.stats().computedTokens()).isEqualTo(37 + 19);
    }

    @Test
    void twoSequencesShareAStep() {
        add(request("a", prompt(1, 5), 4));
        add(request("b", prompt(2, 6), 4));
        assertThat(engine.step()).extracting(TokenDelta::requestId).containsExactly("a", "b");
        assertThat(engine.stats().running()).isEqualTo(2);
    }

    @Test
    void aStopTokenEndsTheSequenceAndIsReported() {
        int stop = FakeRunner.expected(request("a", prompt(1, 5), 4), 0, MAX_LENGTH)[2];
        GenerationRequest request = request("a", prompt(1, 5), 1, sampling(0, 50, List.of(stop), 0));
        add(request);
        outcomes.run(engine).assertExpected(request, MAX_LENGTH);
        assertThat(outcomes.finish("a/0").stopToken()).isEqualTo(stop);
        assertThat(outcomes.tokens("a/0")).endsWith(stop);
    }

    @Test
    void aStopTokenBeforeMinTokensDoesNotEndTheSequence() {
        int stop = FakeRunner.expected(request("a", prompt(1, 5), 4), 0, MAX_LENGTH)[2];
        add(request("a", prompt(1, 5), 1, sampling(0, 10, List.of(stop), 4)));
        outcomes.run(engine);
        assertThat(outcomes.tokens("a/0")).hasSizeGreaterThan(3);
    }

    @Test
    void theContextOfTheModelEndsASequence() {
        GenerationRequest request = request("a", prompt(1, MAX_LENGTH - 3), 50);
        add(request);
        outcomes.run(engine).assertExpected(request, MAX_LENGTH);
        assertThat(outcomes.tokens("a/0")).hasSize(3);
        assertThat(outcomes.finish("a/0").reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aPromptOfOneTokenRuns() {
        GenerationRequest request = request("a", prompt(1, 1), 1);
        add(request);
        outcomes.run(engine).assertExpected(request, MAX_LENGTH);
    }

    @Test
    void aSecondRequestWithTheSamePromptFindsItsFullBlocksButComputesTheLastToken() {
        add(request("a", prompt(1, 32), 2));
        outcomes.run(engine);
        GenerationRequest again = request("b", prompt(1, 32), 2);
        add(again);
        outcomes.run(engine).assertExpected(again, MAX_LENGTH);
        assertThat(outcomes.finish("a/0").cachedTokens()).isZero();
        assertThat(outcomes.finish("b/0").cachedTokens()).isEqualTo(28);
        assertThat(engine.stats().cachedTokens()).isEqualTo(28);
    }

    @Test
    void requestsWithDifferentSaltsShareNothing() {
        add(new GenerationRequest("a", prompt(1, 32), 1, sampling(0, 2, List.of(), 0), "tenant-1"));
        outcomes.run(engine);
        add(new GenerationRequest("b", prompt(1, 32), 1, sampling(0, 2, List.of(), 0), "tenant-2"));
        outcomes.run(engine);
        assertThat(outcomes.finish("b/0").cachedTokens()).isZero();
    }

    @Test
    void samplesShareThePromptAndDifferInTheirSeeds() {
        GenerationRequest request = request("a", prompt(1, 30), 3, sampling(5, 6, List.of(), 0));
        add(request);
        outcomes.run(engine).assertExpected(request, MAX_LENGTH);
        assertThat(outcomes.tokens("a/1")).isNotEqualTo(outcomes.tokens("a/0"));
        assertThat(outcomes.finish("a/0").cachedTokens()).isZero();
        assertThat(outcomes.finish("a/1").cachedTokens()).isEqualTo(28);
        assertThat(outcomes.finish("a/2").cachedTokens()).isEqualTo(28);
    }

    @Test
    void requestsOfOneBurstFindWhatTheFirstOneComputed() {
        GenerationRequest first = request("a", prompt(1, 41), 2);
        GenerationRequest second = request("b", prompt(1, 41), 2);
        add(first);
        add(second);
        outcomes.run(engine).assertExpected(first, MAX_LENGTH);
        outcomes.assertExpected(second, MAX_LENGTH);
        assertThat(outcomes.finish("b/0").cachedTokens()).isEqualTo(40);
    }

    @Test
    void withoutPrefixCacheNothingIsKept() {
        Engine plain = new Engine(runner, "m", new EngineSettings(16, 4, 0.25, 3, 0, false));
        for (String id : List.of("a", "b")) {
            GenerationRequest request = request(id, prompt(1, 32), 2);
            plain.add(request);
            outcomes.run(plain).assertExpected(request, MAX_LENGTH);
            assertThat(outcomes.finish(id + "/0").cachedTokens()).isZero();
        }
        assertThat(plain.stats().cachedBlocks()).isZero();
    }

    @Test
    void logprobsTravelWithTheirToken() {
        Sampling sampling = new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, List.of(), 0, 2, 0);
        add(request("a", prompt(1, 4), 1, sampling));
        TokenDelta delta = engine.step().getFirst();
        assertThat(delta.logprobs().getFirst().chosen())
                .isEqualTo(-delta.tokens().get(0));
    }

    @Test
    void logitsThatAreNoNumbersFailTheirSequenceOnly() {
        GenerationRequest healthy = request("b", prompt(1, 9), 5);
        add(request("a", TokenIds.of(1, 2, FakeRunner.POISON), 2, sampling(0, 5, List.of(), 0)));
        add(healthy);
        outcomes.run(engine).assertExpected(healthy, MAX_LENGTH);
        assertThat(outcomes.finish("a/0").reason()).isEqualTo(FinishReason.FAILED);
        assertThat(outcomes.finish("a/1").message()).contains("logits");
    }

    @Test
    void cancellingFreesTheBlocksAtOnce() {
        add(request("a", prompt(1, 12), 3, sampling(0, 50, List.of(), 0)));
        add(request("waiting", prompt(2, 190), 5));
        engine.step();
        assertThat(engine.stats().usedBlocks()).isPositive();
        assertThat(engine.cancel("a")).isTrue();
        assertThat(engine.cancel("waiting")).isTrue();
        assertThat(engine.cancel("never heard of")).isFalse();
        assertThat(engine.stats().usedBlocks()).isZero();
        assertThat(engine.hasWork()).isFalse();
        assertThat(engine.step()).isEmpty();
        engine.checkIntegrity();
    }

    @Test
    void whatCanNeverRunIsRefusedWithTheNumbers() {
        Engine small = new Engine(new FakeRunner(8, 4, MAX_LENGTH), "m", settings(16, 4));
        assertThat(refusal(small, request("a", prompt(1, 30), 5))).contains("30 tokens", "9 KV blocks", "has 8", "33");
        assertThat(refusal(small, request("a", prompt(1, MAX_LENGTH), 5))).contains("200 tokens", "context of 200");
        assertThat(refusal(small, request("a", TokenIds.of(1, 100), 5))).contains("token 1", "is 100", "0 to 99");
        assertThat(refusal(small, request("a", TokenIds.of(-1), 5))).contains("is -1");
        assertThat(refusal(small, request("a", prompt(1, 3), 129, sampling(0, 5, List.of(), 0))))
                .contains("129 samples", "at most 128");
        Sampling manyLogprobs = new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, List.of(), 0, 5, 129);
        assertThat(refusal(small, request("a", prompt(1, 3), 1, manyLogprobs))).contains("129 tokens", "at most 128");
        assertThat(small.add(request("a", prompt(1, 30), 3))).isEqualTo(new Added());
        assertThat(refusal(small, request("a", prompt(1, 3), 3))).contains("id a is running already");
    }

    @Test
    void withoutLookaheadStepsAreLaunchedAndCollectedInTurn() {
        add(request("a", prompt(1, 5), 4));
        assertThatIllegalStateException().isThrownBy(engine::collect).withMessageContaining("no step was launched");
        assertThat(engine.launch()).isTrue();
        assertThatIllegalStateException().isThrownBy(engine::launch).withMessageContaining("in flight");
        assertThat(engine.collect()).hasSize(1);
    }

    @Test
    void afterAnErrorAllSequencesFailWithItsMessage() {
        Engine broken = new Engine(new FakeRunner(64, 4, MAX_LENGTH).failingAt(1), "m", settings(16, 4));
        broken.add(request("a", prompt(1, 5), 2, sampling(0, 50, List.of(), 0)));
        broken.add(request("b", prompt(1, 190), 5));
        outcomes.add(broken.step());
        assertThatIllegalStateException().isThrownBy(broken::step).withMessage("the device fell over");
        outcomes.add(broken.failAll("the device fell over"));
        assertThat(outcomes.order()).containsExactlyInAnyOrder("a/0", "a/1", "b/0");
        assertThat(outcomes.finish("a/1").message()).isEqualTo("the device fell over");
        assertThat(broken.stats().usedBlocks()).isZero();
        assertThat(broken.hasWork()).isFalse();
    }

    @Test
    void aRequestContinuesFromAnyOfItsTokensAsIfItHadNeverMoved() {
        Sampling penalized = new Sampling(1, 0, 1, 0, 1.2f, 0.5f, 0.25f, Map.of(), 5, List.of(), 3, 30, -1);
        GenerationRequest whole = request("whole", prompt(1, 21), 1, penalized);
        int[] expected = FakeRunner.expected(whole, 0, MAX_LENGTH);
        for (int tokens = 0; tokens < expected.length; tokens++) {
            TokenIds soFar = TokenIds.of(Arrays.copyOf(expected, tokens));
            GenerationRequest rest = new GenerationRequest(
                    "rest" + tokens, whole.prompt(), 1, penalized, "", List.of(new Continuation(0, soFar)));
            add(rest);
            List<TokenDelta> deltas = new ArrayList<>();
            while (engine.hasWork()) {
                deltas.addAll(engine.step());
                engine.checkIntegrity();
            }
            assertThat(deltas.getFirst().firstIndex()).isEqualTo(tokens);
            assertThat(deltas.stream().mapToInt(delta -> delta.tokens().get(0)))
                    .as("after %d tokens", tokens)
                    .containsExactly(Arrays.stream(expected, tokens, expected.length)
                            .boxed()
                            .toArray(Integer[]::new));
            assertThat(deltas.getLast().finish().orElseThrow().reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(deltas.getLast().finish().orElseThrow().cachedTokens()).isLessThanOrEqualTo(21);
        }
    }

    @Test
    void onlyTheSamplesThatHaveNotEndedContinue() {
        Sampling sampling = sampling(3, 12, List.of(), 0);
        GenerationRequest whole = request("whole", prompt(1, 21), 3, sampling);
        int[] expected = FakeRunner.expected(whole, 2, MAX_LENGTH);
        List<Continuation> open = List.of(
                new Continuation(0, TokenIds.EMPTY), new Continuation(2, TokenIds.of(Arrays.copyOf(expected, 7))));
        add(new GenerationRequest("rest", whole.prompt(), 3, sampling, "", open));
        List<TokenDelta> deltas = new ArrayList<>();
        while (engine.hasWork()) {
            deltas.addAll(engine.step());
            engine.checkIntegrity();
        }
        assertThat(deltas).extracting(TokenDelta::choice).containsOnly(0, 2);
        assertThat(deltas.stream()
                        .filter(delta -> delta.choice() == 2)
                        .mapToInt(delta -> delta.tokens().get(0))
                        .toArray())
                .isEqualTo(Arrays.copyOfRange(expected, 7, 12));
    }

    @Test
    void whatHasAllItsTokensCannotContinue() {
        List<Continuation> done = List.of(new Continuation(0, TokenIds.of(1, 2, 3)));
        Sampling three = sampling(0, 3, List.of(), 0);
        assertThat(refusal(engine, new GenerationRequest("a", prompt(1, 5), 1, three, "", done)))
                .contains("has 8 tokens already", "ends at 8");
    }

    @Test
    void handingOverEndsAllAndLeavesTheEngineUsable() {
        add(request("a", prompt(1, 9), 2, sampling(0, 20, List.of(), 0)));
        outcomes.add(engine.step());
        outcomes.add(engine.handOverAll("the worker drains"));
        assertThat(outcomes.finish("a/0").reason()).isEqualTo(FinishReason.HANDED_OVER);
        assertThat(outcomes.finish("a/1").message()).isEqualTo("the worker drains");
        assertThat(engine.hasWork()).isFalse();
        assertThat(engine.stats().usedBlocks()).isZero();
        GenerationRequest next = request("b", prompt(2, 9), 5);
        add(next);
        outcomes.run(engine).assertExpected(next, MAX_LENGTH);
    }

    @Test
    void aFlushedCacheHelpsNobodyAndHurtsNobody() {
        GenerationRequest first = request("a", prompt(1, 30), 5);
        add(first);
        outcomes.run(engine);
        GenerationRequest second = request("b", prompt(1, 30), 5);
        add(second);
        engine.step();
        engine.flushPrefixCache();
        engine.checkIntegrity();
        assertThat(engine.cachedPrefixes()).isEmpty();
        GenerationRequest third = request("c", prompt(1, 30), 5);
        add(third);
        while (engine.hasWork()) {
            engine.step()
                    .forEach(delta -> delta.finish()
                            .filter(finish -> delta.requestId().equals("c"))
                            .ifPresent(
                                    finish -> assertThat(finish.cachedTokens()).isZero()));
            engine.checkIntegrity();
        }
    }

    @Test
    void closingClosesTheRunner() {
        engine.close();
        assertThat(runner.isClosed()).isTrue();
    }

    private void add(GenerationRequest request) {
        assertThat(engine.add(request)).isEqualTo(new Added());
    }

    private static String refusal(Engine engine, GenerationRequest request) {
        return ((Refused) engine.add(request)).message();
    }
}
