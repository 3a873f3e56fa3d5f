package dev.vidda.protocol.kv;

import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** The cost function against a count of the blocks that sequences touch, one token at a time. */
final class KvCostTest {
    private static final int SMALL_PROMPTS = 20;
    private static final int SMALL_OUTPUTS = 20;

    @Test
    void blocksAreThoseThatTheTokensOfAllSamplesTouch() {
        for (int blockTokens : new int[] {1, 2, 3, 4, 7, 16}) {
            KvShape shape = shape(blockTokens);
            for (int prompt = 1; prompt <= SMALL_PROMPTS; prompt++) {
                for (int output = 1; output <= SMALL_OUTPUTS; output++) {
                    for (int samples = 1; samples <= 4; samples++) {
                        assertThat(KvCost.blocks(shape, prompt, output, samples))
                                .as("%d a block, %d + %d tokens, %d samples", blockTokens, prompt, output, samples)
                                .isEqualTo(touchedBlocks(blockTokens, prompt, output, samples));
                    }
                }
            }
        }
    }

    @Test
    void theBlocksAreEnoughAndOneLessIsNot() {
        long seed = Long.getLong("seed", 20261122L);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (int round = 0; round < 10_000; round++) {
            KvShape shape = shape(random.nextInt(1, 257));
            int prompt = random.nextInt(1, 300_000);
            int output = random.nextInt(1, 300_000);
            int blocks = KvCost.blocks(shape, prompt, output, 1);
            long kept = KvCost.keptTokens(prompt, output);
            String parameters = "seed %d round %d: %s, %d + %d tokens".formatted(seed, round, shape, prompt, output);
            assertThat((long) blocks * shape.blockTokens()).as(parameters).isGreaterThanOrEqualTo(kept);
            assertThat((blocks - 1L) * shape.blockTokens()).as(parameters).isLessThan(kept);
            assertThat(KvCost.longestContext(shape, blocks)).as(parameters).isGreaterThanOrEqualTo(prompt + output);
            assertThat(KvCost.longestContext(shape, blocks - 1)).as(parameters).isLessThan(prompt + output);
        }
    }

    @Test
    void moreTokensOrSamplesNeverCostLess() {
        long seed = Long.getLong("seed", 20261123L);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (int round = 0; round < 10_000; round++) {
            KvShape shape = shape(random.nextInt(1, 65));
            int prompt = random.nextInt(1, 5_000);
            int output = random.nextInt(1, 5_000);
            int samples = random.nextInt(1, 9);
            int blocks = KvCost.blocks(shape, prompt, output, samples);
            String parameters = "seed %d round %d: %s, %d + %d tokens, %d samples"
                    .formatted(seed, round, shape, prompt, output, samples);
            // With several samples a longer prompt may cost less: it completes one more block that all share.
            assertThat(KvCost.blocks(shape, prompt + 1, output, 1))
                    .as(parameters)
                    .isGreaterThanOrEqualTo(KvCost.blocks(shape, prompt, output, 1));
            assertThat(KvCost.blocks(shape, prompt, output + 1, samples))
                    .as(parameters)
                    .isGreaterThanOrEqualTo(blocks);
            assertThat(KvCost.blocks(shape, prompt, output, samples + 1))
                    .as(parameters)
                    .isGreaterThan(blocks);
            assertThat(blocks)
                    .as(parameters + ": sharing the prompt never costs more than not sharing it")
                    .isLessThanOrEqualTo(samples * KvCost.blocks(shape, prompt, output, 1));
        }
    }

    @Test
    void theLastGeneratedTokenIsNotKept() {
        KvShape shape = shape(16);
        assertThat(KvCost.blocks(shape, 16, 1, 1)).isEqualTo(1);
        assertThat(KvCost.blocks(shape, 16, 2, 1)).isEqualTo(2);
        assertThat(KvCost.blocks(shape, 17, 1, 1)).isEqualTo(2);
        assertThat(KvCost.keptTokens(10, 5)).isEqualTo(14);
    }

    @Test
    void samplesShareOnlyBlocksThatEndBeforeTheLastPromptToken() {
        KvShape shape = shape(4);
        // 8 prompt tokens fill two blocks, but the second holds the last prompt token, which each sample computes.
        assertThat(KvCost.blocks(shape, 8, 1, 3)).isEqualTo(1 + 3);
        assertThat(KvCost.blocks(shape, 9, 1, 3)).isEqualTo(2 + 3);
    }

    @Test
    void knownModelsTakeTheBytesThatTheirConfigurationsSay() {
        KvShape qwen3Of4B = KvShape.grouped(36, 8, 128, 2, 0);
        KvShape llama3Of8B = KvShape.grouped(32, 8, 128, 2, 0);
        KvShape deepSeekV3 = KvShape.latent(61, 512, 64, 2);
        assertThat(qwen3Of4B.bytesPerToken()).isEqualTo(147_456);
        assertThat(llama3Of8B.bytesPerToken()).isEqualTo(131_072);
        assertThat(deepSeekV3.bytesPerToken()).isEqualTo(70_272);
        assertThat(deepSeekV3.bytesPerBlock()).isEqualTo(16 * 70_272);
        assertThat(KvCost.bytes(qwen3Of4B, 262_144, 1, 1)).isEqualTo(262_144L * 147_456);
        assertThat(KvCost.bytes(deepSeekV3, 17, 1, 1)).isEqualTo(2L * 16 * 70_272);
    }

    @Test
    void aSlidingWindowDoesNotLowerTheCost() {
        KvShape all = KvShape.grouped(32, 8, 128, 2, 0);
        KvShape window = KvShape.grouped(32, 8, 128, 2, 4096);
        assertThat(KvCost.blocks(window, 30_000, 500, 2)).isEqualTo(KvCost.blocks(all, 30_000, 500, 2));
        assertThat(KvCost.bytes(window, 30_000, 500, 2)).isEqualTo(KvCost.bytes(all, 30_000, 500, 2));
    }

    @Test
    void aPoolHoldsTheBlocksWhoseBytesFit() {
        KvShape shape = KvShape.grouped(2, 2, 8, 4, 0);
        long block = shape.bytesPerBlock();
        assertThat(KvCost.blocksIn(shape, 0)).isZero();
        assertThat(KvCost.blocksIn(shape, -1)).isZero();
        assertThat(KvCost.blocksIn(shape, block - 1)).isZero();
        assertThat(KvCost.blocksIn(shape, block)).isEqualTo(1);
        assertThat(KvCost.blocksIn(shape, 10 * block + 1)).isEqualTo(10);
        assertThat(KvCost.blocksIn(shape, Long.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void noBlocksHoldNoContext() {
        assertThat(KvCost.longestContext(shape(16), 0)).isZero();
        assertThat(KvCost.longestContext(shape(16), 1)).isEqualTo(17);
        assertThat(KvCost.longestContext(shape(16), Integer.MAX_VALUE)).isEqualTo(16L * Integer.MAX_VALUE + 1);
    }

    @Test
    void aCostBeyondAnyPoolIsTheLargestNumberAndNeverWrapsAround() {
        int most = Integer.MAX_VALUE;
        assertThat(KvCost.blocks(shape(1), most, most, 1)).isEqualTo(most);
        assertThat(KvCost.blocks(shape(16), most, most, most)).isEqualTo(most);
        assertThat(KvCost.blocks(shape(1), Long.MAX_VALUE)).isEqualTo(most);
        assertThat(KvCost.blocks(shape(16), most, most, 1)).isEqualTo(268_435_456);
        assertThat(KvCost.keptTokens(most, most)).isEqualTo(2L * most - 1);
        assertThat(KvCost.bytes(KvShape.grouped(200, 64, 256, 4, 0), most, most, most))
                .isPositive();
    }

    @Test
    void sizesThatMakeNoSenseAreNamed() {
        KvShape shape = shape(16);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KvCost.blocks(shape, 0, 1, 1))
                .withMessageContaining("promptTokens")
                .withMessageContaining("0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KvCost.blocks(shape, 1, -5, 1))
                .withMessageContaining("newTokens")
                .withMessageContaining("-5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KvCost.blocks(shape, 1, 1, 0))
                .withMessageContaining("samples");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KvCost.blocks(shape, -1))
                .withMessageContaining("tokens");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KvShape(0, 1, 1, 1, 0))
                .withMessageContaining("layers");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KvShape(1, 1, 1, 1, -1))
                .withMessageContaining("slidingWindow");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KvShape(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 16, 0))
                .withMessageContaining("bytes");
    }

    /** Counts the blocks by writing every kept token of every sample. A block named by sample -1 is the shared one. */
    private static int touchedBlocks(int blockTokens, int prompt, int output, int samples) {
        record Block(int sample, int index) {}
        Set<Block> touched = new HashSet<>();
        for (int sample = 0; sample < samples; sample++) {
            for (int position = 0; position < prompt + output - 1; position++) {
                int index = position / blockTokens;
                boolean onlySharedPrompt = (index + 1) * blockTokens <= prompt - 1;
                touched.add(new Block(onlySharedPrompt ? -1 : sample, index));
            }
        }
        return touched.size();
    }

    private static KvShape shape(int blockTokens) {
        return new KvShape(2, 32, 2, blockTokens, 0);
    }
}
