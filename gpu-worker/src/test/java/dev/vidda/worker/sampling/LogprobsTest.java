package dev.vidda.worker.sampling;

import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.TokenLogprobs;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LogprobsTest {
    private static final float[] LOGITS = {2, -1, 0.5f, 2, -90, 1.25f};

    @Test
    void areBeforeTemperatureAndFilters() {
        TokenLogprobs logprobs = logprobs(new Sampling(0.3f, 1, 0.5f, 0, 1, 0, 0, Map.of(), 7, List.of(), 0, 1, 3));
        double logOfSum = logOfSum(LOGITS);
        assertThat(logprobs.topTokens()).isEqualTo(TokenIds.of(0, 3, 5));
        assertThat(logprobs.topLogprobs().get(0)).isCloseTo((float) (2 - logOfSum), within(1e-6f));
        assertThat(logprobs.topLogprobs().get(2)).isCloseTo((float) (1.25 - logOfSum), within(1e-6f));
        assertThat(logprobs.chosen()).isEqualTo(logprobs.topLogprobs().getFirst());
    }

    @Test
    void areAfterPenaltiesAndBias() {
        TokenLogprobs logprobs = logprobs(new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(1, 6f), 7, List.of(), 0, 1, 1));
        float[] biased = LOGITS.clone();
        biased[1] += 6;
        assertThat(logprobs.topTokens()).isEqualTo(TokenIds.of(1));
        assertThat(logprobs.chosen()).isCloseTo((float) (5 - logOfSum(biased)), within(1e-6f));
    }

    @Test
    void areBeforeStopTokensAreMasked() {
        TokenLogprobs logprobs = logprobs(new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), 7, List.of(0, 3), 1, 1, 2));
        assertThat(logprobs.topTokens()).isEqualTo(TokenIds.of(0, 3));
        assertThat(logprobs.chosen()).isCloseTo((float) (1.25 - logOfSum(LOGITS)), within(1e-6f));
    }

    @Test
    void zeroTopTokensGiveTheChosenOneOnlyAndMinusOneGivesNone() {
        TokenLogprobs logprobs = logprobs(new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), 7, List.of(), 0, 1, 0));
        assertThat(logprobs.topTokens().isEmpty()).isTrue();
        Sampling none = Sampling.greedy(1, List.of());
        assertThat(new Sampler(6).draw(LOGITS.clone(), 0, TestSample.of(none)).logprobs())
                .isNull();
    }

    @Test
    void moreTopTokensThanTheVocabularyHasGiveAllOfThem() {
        TokenLogprobs logprobs = logprobs(new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), 7, List.of(), 0, 1, 40));
        assertThat(logprobs.topTokens()).isEqualTo(TokenIds.of(0, 3, 5, 2, 1, 4));
        assertThat(logprobs.topLogprobs().stream().mapToDouble(Math::exp).sum()).isCloseTo(1, within(1e-6));
    }

    @Test
    void impossibleTokensAreNoneOfTheMostLikely() {
        float[] logits = {1, Float.NEGATIVE_INFINITY, 2, Float.NaN};
        Sampling sampling = new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), 7, List.of(), 0, 1, 4);
        DrawnToken drawn = new Sampler(4).draw(logits, 0, TestSample.of(sampling));
        assertThat(Objects.requireNonNull(drawn.logprobs()).topTokens()).isEqualTo(TokenIds.of(2, 0));
    }

    private static TokenLogprobs logprobs(Sampling sampling) {
        DrawnToken drawn = new Sampler(LOGITS.length).draw(LOGITS.clone(), 0, TestSample.of(sampling));
        return Objects.requireNonNull(drawn.logprobs());
    }

    private static double logOfSum(float[] logits) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        return Math.log(sum);
    }
}
