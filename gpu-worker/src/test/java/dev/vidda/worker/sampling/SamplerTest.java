package dev.vidda.worker.sampling;

import dev.vidda.protocol.Sampling;
import dev.vidda.worker.step.StepResult;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static dev.vidda.worker.sampling.TestSample.filters;
import static dev.vidda.worker.sampling.TestSample.penalties;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SamplerTest {
    @Test
    void drawsWhatTheDefinitionSays() {
        for (int seed = 0; seed < 3000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int vocab = random.nextInt(1, 400);
            float[] logits = randomLogits(random, vocab);
            Sampling sampling = filters(
                    random.nextInt(8) == 0 ? 0 : (float) random.nextDouble(0.01, 3),
                    random.nextBoolean() ? 0 : random.nextInt(1, vocab + 5),
                    random.nextBoolean() ? 1 : (float) random.nextDouble(0.001, 1),
                    random.nextBoolean() ? 0 : (float) random.nextDouble(0, 1),
                    random.nextLong());
            TestSample sample = TestSample.of(sampling).afterGenerating(random.nextInt(5));
            assertThat(new Sampler(vocab).draw(logits.clone(), 0, sample).token())
                    .as("seed %d, %s", seed, sampling)
                    .isEqualTo(NaiveSampler.draw(logits, sample));
        }
    }

    @Test
    void drawsFromItsRowOnly() {
        float[] logits = {9, 1, 2, 0, 9};
        assertThat(draw(logits, 1, 3, Sampling.greedy(1, List.of()))).isEqualTo(1);
        assertThat(draw(logits, 1, 3, filters(0.01f, 0, 1, 0, 5))).isEqualTo(1);
    }

    @Test
    void frequenciesAreThoseOfTheSoftmax() {
        float[] logits = {1.5f, -0.5f, 0.25f, 1.5f, -3, 2.25f, 0, -8};
        float temperature = 0.8f;
        double[] exact = softmax(logits, temperature);
        assertFrequencies(logits, filters(temperature, 0, 1, 0, 42), exact);
    }

    @Test
    void frequenciesUnderFiltersAreRenormalised() {
        float[] logits = {1.5f, -0.5f, 0.25f, 1.5f, -3, 2.25f, 0, -8};
        double[] exact = softmax(logits, 1);
        // The four most likely, of which the first three reach 0.85 of the mass.
        double[] kept = new double[exact.length];
        for (int id : new int[] {5, 0, 3}) {
            kept[id] = exact[id] / (exact[5] + exact[0] + exact[3]);
        }
        assertFrequencies(logits, filters(1, 4, 0.85f, 0, 43), kept);
        assertFrequencies(logits, filters(1, 0, 1, 0.4f, 44), kept);
        assertFrequencies(logits, filters(1, 3, 1, 0, 45), kept);
    }

    @Test
    void goldenDrawsPinTheArithmeticForOtherDevices() {
        float[] logits = new float[1000];
        for (int id = 0; id < logits.length; id++) {
            logits[id] = (id * 7919 % 1000) / 125f;
        }
        TestSample sample = TestSample.of(filters(1, 0, 1, 0, 2026));
        int[] drawn = new int[8];
        Sampler sampler = new Sampler(logits.length);
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = sampler.draw(logits, 0, sample.afterGenerating(i)).token();
        }
        assertThat(drawn).containsExactly(853, 334, 39, 78, 62, 852, 758, 781);
    }

    @Test
    void equalLogitsGoToTheLowestId() {
        float[] logits = {-0f, 1, 1, 0f, 1};
        assertThat(draw(logits, 0, 5, Sampling.greedy(1, List.of()))).isEqualTo(1);
        assertThat(draw(logits, 0, 5, filters(1, 1, 1, 0, 3))).isEqualTo(1);
        assertThat(draw(new float[] {-1, 0f, -0f, 0f}, 0, 4, filters(1, 1, 1, 0, 3)))
                .isEqualTo(1);
    }

    @Test
    void theSameSeedAndIndexGiveTheSameTokenWhateverWasDrawnBefore() {
        float[] logits = randomLogits(new SplittableRandom(1), 300);
        TestSample sample = TestSample.of(filters(1, 0, 1, 0, 99));
        Sampler used = new Sampler(300);
        for (int i = 0; i < 50; i++) {
            int expected = new Sampler(300)
                    .draw(logits.clone(), 0, sample.afterGenerating(i))
                    .token();
            used.draw(randomLogits(new SplittableRandom(i), 300), 0, sample);
            assertThat(used.draw(logits.clone(), 0, sample.afterGenerating(i)).token())
                    .isEqualTo(expected);
        }
    }

    @Test
    void repetitionPenaltyCountsPromptAndOutput() {
        float[] logits = {4, 3, -1, -1.5f};
        TestSample sample = new TestSample(penalties(2, 0, 0, Map.of()), 0, new int[] {0, 0, 2}, 2);
        new Sampler(4).draw(logits, 0, sample);
        assertThat(logits).containsExactly(2, 3, -2, -1.5f);
    }

    @Test
    void presenceAndFrequencyPenaltiesCountTheOutputOnly() {
        float[] logits = {4, 3, 2, 1};
        TestSample sample = new TestSample(penalties(1, 0.5f, 0.25f, Map.of()), 0, new int[] {0, 0, 1, 2, 1, 1}, 2);
        new Sampler(4).draw(logits, 0, sample);
        assertThat(logits).containsExactly(4, 3 - 0.5f - 0.75f, 2 - 0.5f - 0.25f, 1);
    }

    @Test
    void repetitionAndFrequencyPenaltiesWorkTogether() {
        float[] logits = {4, 3, 2};
        TestSample sample = new TestSample(penalties(2, 0.5f, 0.25f, Map.of()), 0, new int[] {0, 1, 1}, 1);
        new Sampler(3).draw(logits, 0, sample);
        assertThat(logits).containsExactly(2, 1.5f - 0.5f - 0.5f, 2);
    }

    @Test
    void biasComesBeforePenaltiesAndIdsOutsideTheVocabularyAreIgnored() {
        float[] logits = {1, 1};
        Map<Integer, Float> bias = Map.of(0, 3f, 1, -100f, 7, 5f, -1, 5f);
        TestSample sample = new TestSample(penalties(2, 0, 0, bias), 0, new int[] {0, 12, -3}, 1);
        new Sampler(2).draw(logits, 0, sample);
        assertThat(logits).containsExactly(2, -99);
    }

    @Test
    void stopTokensCannotBeDrawnBeforeMinTokens() {
        Sampling sampling = new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, List.of(1, 2, 77), 2, 9, 0);
        TestSample sample = TestSample.of(sampling);
        float[] logits = {0, 3, 2, 1};
        Sampler sampler = new Sampler(4);
        DrawnToken early = sampler.draw(logits.clone(), 0, sample.afterGenerating(1));
        assertThat(early.token()).isEqualTo(3);
        assertThat(sampler.draw(logits.clone(), 0, sample.afterGenerating(2)).token())
                .isEqualTo(1);
    }

    @Test
    void logitsWithoutAUsableNumberGiveNoToken() {
        for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}) {
            float[] logits = {bad, bad};
            assertThat(draw(logits, 0, 2, Sampling.greedy(1, List.of()))).isEqualTo(StepResult.NO_TOKEN);
            assertThat(draw(logits, 0, 2, filters(1, 0, 1, 0, 0))).isEqualTo(StepResult.NO_TOKEN);
        }
        Sampling allStop = new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, List.of(0, 1), 2, 9, 0);
        assertThat(draw(new float[] {1, 2}, 0, 2, allStop)).isEqualTo(StepResult.NO_TOKEN);
    }

    @Test
    void singleBadLogitsAreNeverDrawn() {
        float[] logits = {Float.NaN, 1, Float.NEGATIVE_INFINITY, 1};
        for (int seed = 0; seed < 100; seed++) {
            assertThat(draw(logits, 0, 4, filters(2, 0, 1, 0, seed))).isIn(1, 3);
        }
    }

    @Test
    void aVocabularyNeedsATokenAtLeast() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Sampler(0)).withMessageContaining("vocabSize");
    }

    private static int draw(float[] logits, int offset, int vocab, Sampling sampling) {
        return new Sampler(vocab)
                .draw(logits.clone(), offset, TestSample.of(sampling))
                .token();
    }

    /** Some rows are coarse, so that ties are common; some are steep. */
    private static float[] randomLogits(SplittableRandom random, int vocab) {
        float[] logits = new float[vocab];
        boolean coarse = random.nextBoolean();
        double scale = random.nextDouble(0.1, 30);
        for (int id = 0; id < vocab; id++) {
            logits[id] = coarse ? random.nextInt(-3, 3) : (float) (random.nextDouble(-1, 1) * scale);
        }
        return logits;
    }

    /** Chi-square against exact probabilities over 20,000 draws of fixed seeds, at the 0.1 % level. */
    private static void assertFrequencies(float[] logits, Sampling sampling, double[] exact) {
        int draws = 20_000;
        int[] counts = new int[exact.length];
        Sampler sampler = new Sampler(exact.length);
        TestSample sample = TestSample.of(sampling);
        for (int i = 0; i < draws; i++) {
            counts[sampler.draw(logits, 0, sample.afterGenerating(i % 100)).token()]++;
            sample = i % 100 == 99 ? new TestSample(sampling, sample.seed() + 1, new int[] {0}, 1) : sample;
        }
        double chiSquare = 0;
        for (int id = 0; id < exact.length; id++) {
            if (exact[id] == 0) {
                assertThat(counts[id]).as("token %d is filtered out", id).isZero();
            } else {
                chiSquare += Math.pow(counts[id] - draws * exact[id], 2) / (draws * exact[id]);
            }
        }
        int freedom = (int) Arrays.stream(exact).filter(p -> p > 0).count() - 1;
        double critical = freedom == 2 ? 13.82 : 24.32;
        assertThat(freedom).isIn(2, 7);
        assertThat(chiSquare).as("counts %s", Arrays.toString(counts)).isLessThan(critical);
    }

    private static double[] softmax(float[] logits, float temperature) {
        double[] exact = new double[logits.length];
        double sum = 0;
        for (int id = 0; id < logits.length; id++) {
            exact[id] = Math.exp(logits[id] / temperature);
            sum += exact[id];
        }
        for (int id = 0; id < logits.length; id++) {
            exact[id] /= sum;
        }
        return exact;
    }
}
