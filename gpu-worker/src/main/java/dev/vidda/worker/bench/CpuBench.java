package dev.vidda.worker.bench;

import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.cpu.CpuCeilings;
import dev.vidda.worker.model.DeviceModelRunner;
import dev.vidda.worker.model.KvMemory;
import dev.vidda.worker.model.LoadSettings;
import dev.vidda.worker.model.ModelConfig;
import dev.vidda.worker.model.Models;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.weights.LoadProgress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Decode and prefill speed of a checkpoint on the CPU, and its share of the memory bandwidth.
 *
 * <p>{@code CpuBench MODEL_DIR THREADS PROMPT NEW_TOKENS BATCH...} prints a line of {@code key=value} pairs a batch:
 * {@code prefill} and {@code decode} in tokens a second, over all sequences; {@code read} in GB/s, the bytes of weights and
 * cache a decoding step must read times steps a second; {@code share} of the ceiling. Decode is the median of the steps
 * after the first.
 */
public final class CpuBench {
    private static final int BLOCK_TOKENS = 16;
    private static final int MAX_TOKENS = 512;
    private static final int WARM_UP = 3;

    private final DeviceModelRunner runner;
    private final int promptLength;
    private final int newTokens;
    private final StepBatch batch = new StepBatch(MAX_TOKENS, 64);

    private CpuBench(DeviceModelRunner runner, int promptLength, int newTokens) {
        this.runner = runner;
        this.promptLength = promptLength;
        this.newTokens = newTokens;
    }

    /** Nanoseconds of the whole prefill and of each decoding step. */
    private record Timing(long prefill, long[] steps) {
        double medianStep() {
            long[] sorted = steps.clone();
            Arrays.sort(sorted);
            return sorted[sorted.length / 2];
        }
    }

    public static void main(String[] args) {
        if (args.length < 5) {
            throw new IllegalArgumentException("usage: CpuBench MODEL_DIR THREADS PROMPT NEW_TOKENS BATCH...");
        }
        int threads = Integer.parseInt(args[1]);
        int prompt = Integer.parseInt(args[2]);
        int newTokens = Integer.parseInt(args[3]);
        double ceiling = CpuCeilings.measure(threads).readBytes();
        System.out.printf(Locale.ROOT, "engine=ceiling threads=%d read=%.1f%n", threads, ceiling / 1e9);
        LoadSettings settings = new LoadSettings(
                "cpu",
                new DeviceSettings(0, threads),
                prompt + newTokens,
                new KvMemory.Bytes(2L << 30),
                MAX_TOKENS,
                64);
        try (DeviceModelRunner runner = Models.load(Path.of(args[0]), settings, LoadProgress.NONE)) {
            CpuBench bench = new CpuBench(runner, prompt, newTokens);
            for (int i = 4; i < args.length; i++) {
                bench.report(Integer.parseInt(args[i]), ceiling);
            }
        }
    }

    private void report(int sequences, double ceiling) {
        Timing timing = run(sequences);
        for (int i = 0; i < WARM_UP; i++) {
            Timing again = run(sequences);
            timing = again.medianStep() < timing.medianStep() ? again : timing;
        }
        double step = timing.medianStep();
        double bytes = weightBytes()
                + (double) sequences
                        * (promptLength + newTokens / 2.0)
                        * runner.kvShape().bytesPerToken();
        System.out.printf(
                Locale.ROOT,
                "engine=vidda device=\"%s\" batch=%d prefill=%.1f decode=%.1f read=%.1f share=%.2f%n",
                runner.device(),
                sequences,
                sequences * promptLength * 1e9 / timing.prefill,
                sequences * 1e9 / step,
                bytes / step,
                bytes * 1e9 / step / ceiling);
    }

    /** Bytes of weights that every step reads: all but an embedding table of its own. */
    private double weightBytes() {
        ModelConfig config = runner.config();
        long unread = config.tiedEmbeddings() ? 0 : (long) config.vocabSize() * config.hiddenSize();
        return 2.0 * (config.parameters() - unread);
    }

    private Timing run(int sequences) {
        List<BenchSequence> all = new ArrayList<>();
        int blocksEach = Math.ceilDiv(promptLength + newTokens, BLOCK_TOKENS);
        Random random = new Random(1);
        for (int i = 0; i < sequences; i++) {
            int[] prompt = random.ints(promptLength, 2, runner.vocabSize()).toArray();
            all.add(new BenchSequence(
                    prompt,
                    newTokens,
                    IntStream.range(i * blocksEach, (i + 1) * blocksEach).toArray()));
        }
        long start = System.nanoTime();
        all.forEach(this::prefill);
        long prefill = System.nanoTime() - start;
        long[] steps = new long[newTokens - 1];
        for (int i = 0; i < steps.length; i++) {
            start = System.nanoTime();
            decode(all);
            steps[i] = System.nanoTime() - start;
        }
        return new Timing(prefill, steps);
    }

    private void prefill(BenchSequence sequence) {
        int computed = 0;
        while (computed < promptLength) {
            int count = Math.min(MAX_TOKENS, promptLength - computed);
            batch.clear();
            sequence.addTo(batch, computed, count, BLOCK_TOKENS, computed + count == promptLength);
            computed += count;
            runner.launch(batch);
            var result = runner.await();
            if (result.size() == 1) {
                sequence.append(result.token(0));
            }
        }
    }

    private void decode(List<BenchSequence> sequences) {
        batch.clear();
        for (BenchSequence each : sequences) {
            each.addTo(batch, each.length() - 1, 1, BLOCK_TOKENS, true);
        }
        runner.launch(batch);
        var result = runner.await();
        for (int i = 0; i < sequences.size(); i++) {
            sequences.get(i).append(result.token(i));
        }
    }
}
