package dev.vidda.worker.model;

import dev.vidda.worker.step.StepBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The logits of a sequence have the same bits whatever company it is in and however it is computed. */
class BitwiseTest {
    private static final int BLOCK_TOKENS = 16;
    private static final int STEPS = 6;
    private static final int[] PROMPT = new Random(3).ints(90, 2, 331).toArray();
    private static final int[] BLOCKS = IntStream.range(0, 8).toArray();
    private static final int[] SCATTERED = {97, 12, 55, 3, 88, 41, 70, 29};

    private static DeviceModelRunner load(String model, int threads) {
        return Golden.load(GoldenTest.DIRECTORY.resolve(model), threads);
    }

    private static void add(StepBatch batch, TestSequence sequence, int first, int count) {
        boolean last = first + count == sequence.length();
        int[] blocks = sequence.blocks();
        batch.add(sequence.tokenIds(), first, count, blocks, blocks.length, BLOCK_TOKENS, last ? sequence : null);
    }

    /** A sequence's logits at each step: the prompt in chunks of at most {@code chunk}, then greedy decoding. */
    private static List<float[]> alone(DeviceModelRunner runner, int[] blocks, int chunk) {
        TestSequence sequence = new TestSequence(PROMPT, blocks);
        List<float[]> logits = new ArrayList<>();
        StepBatch batch = new StepBatch(512, 64);
        int computed = 0;
        while (logits.size() < STEPS) {
            int count = Math.min(chunk, sequence.length() - computed);
            batch.clear();
            add(batch, sequence, computed, count);
            runner.launch(batch);
            var result = runner.await();
            computed += count;
            if (result.size() == 1) {
                logits.add(read(runner, 0));
                sequence.append(result.token(0));
            }
        }
        return logits;
    }

    private static float[] read(DeviceModelRunner runner, int index) {
        float[] row = new float[runner.vocabSize()];
        runner.readLogits(index, row);
        return row;
    }

    private static void assertSameBits(List<float[]> found, List<float[]> expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i)).as("logits of step %d", i).isEqualTo(expected.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "qwen2", "llama3", "mistral", "llama-fp16-biases", "qwen3-fp32-yarn-sharded"})
    void chunksBlocksAndThreadsDoNotMatter(String model) {
        List<float[]> expected;
        try (DeviceModelRunner runner = load(model, 1)) {
            expected = alone(runner, BLOCKS, 512);
        }
        try (DeviceModelRunner runner = load(model, 2)) {
            assertSameBits(alone(runner, BLOCKS, 512), expected);
            assertSameBits(alone(runner, SCATTERED, 512), expected);
            for (int chunk : new int[] {1, 7, 32, 89}) {
                assertSameBits(alone(runner, SCATTERED, chunk), expected);
            }
        }
        try (DeviceModelRunner runner = load(model, 3)) {
            assertSameBits(alone(runner, BLOCKS, 33), expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "qwen2", "llama3", "mistral", "llama-fp16-biases", "qwen3-fp32-yarn-sharded"})
    void companyDoesNotMatter(String model) {
        try (DeviceModelRunner runner = load(model, 2)) {
            assertSameBits(inABatchOf(32, runner), alone(runner, BLOCKS, 512));
        }
    }

    /** The sequence as the 17th of so many, which decode or are amid their prompts while it computes its own. */
    private static List<float[]> inABatchOf(int sequences, DeviceModelRunner runner) {
        Random random = new Random(4);
        List<TestSequence> others = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            int length = 1 + random.nextInt(60);
            int first = 8 + 5 * i;
            others.add(new TestSequence(
                    random.ints(length, 2, 331).toArray(),
                    IntStream.range(first, first + 5).toArray()));
        }
        others.set(17, new TestSequence(PROMPT, BLOCKS));
        int[] computed = new int[sequences];
        List<float[]> logits = new ArrayList<>();
        StepBatch batch = new StepBatch(512, 64);
        while (logits.size() < STEPS) {
            batch.clear();
            List<@Nullable TestSequence> sampled = new ArrayList<>();
            for (int i = 0; i < sequences; i++) {
                TestSequence each = others.get(i);
                int count = Math.min(1 + random.nextInt(15), each.length() - computed[i]);
                add(batch, each, computed[i], count);
                computed[i] += count;
                if (computed[i] == each.length()) {
                    sampled.add(each);
                }
            }
            runner.launch(batch);
            var result = runner.await();
            for (int i = 0; i < sampled.size(); i++) {
                if (sampled.get(i) == others.get(17)) {
                    logits.add(read(runner, i));
                }
                sampled.get(i).append(result.token(i));
            }
        }
        return logits;
    }
}
