package dev.vidda.worker.model;

import dev.vidda.worker.device.CublasSettings;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.weights.LoadProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Steps of whole models for a profiler, without the engine: {@code GpuModelDriver bench qwen3-4b|llama3-8b}; and golden
 * outputs without JUnit: {@code GpuModelDriver golden DIRECTORY...}.
 * {@code -Dvidda.cublas=auto|on} and {@code -Dvidda.cublasPath=PATH} let cuBLAS compute linear layers, too.
 * {@code -Dvidda.profile=N} runs one decoding step of N sequences, or one prompt of N tokens when N is over 256.
 */
public final class GpuModelDriver {
    private static final int BLOCK_TOKENS = 16;

    private final DeviceModelRunner runner;

    private GpuModelDriver(DeviceModelRunner runner) {
        this.runner = runner;
    }

    public static void main(String[] args) throws IOException {
        if (args[0].equals("golden")) {
            for (String directory : List.of(args).subList(1, args.length)) {
                System.out.println(directory + ": "
                        + Golden.check(Path.of(directory), "cuda", settings(false), Golden.Tolerance.ROUNDED));
            }
        } else {
            bench(args[1]);
        }
    }

    private static void bench(String model) {
        ModelConfig config = KnownShape.of(model).orElseThrow().config();
        long start = System.nanoTime();
        LoadSettings settings =
                new LoadSettings("cuda", settings(true), 40960, new KvMemory.Bytes(24L << 30), 8192, 256);
        try (DeviceModelRunner runner = Models.load(config, settings, LoadProgress.NONE)) {
            System.out.printf(Locale.ROOT, "%s on %s loaded in %.2f s%n", model, runner.device(), seconds(start));
            runner.notes().forEach(System.out::println);
            GpuModelDriver driver = new GpuModelDriver(runner);
            int profiled = profiled();
            if (profiled > 256) {
                driver.prefill(profiled);
                return;
            }
            if (profiled > 0) {
                driver.decode(profiled, 128, 1);
                return;
            }
            for (int batch : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256}) {
                driver.decode(batch, 128, 128);
            }
            driver.decode(1, 8192, 32);
            driver.decode(32, 2048, 32);
            for (int length : new int[] {128, 512, 2048, 8192, 32768}) {
                driver.prefill(length);
            }
        }
    }

    private static DeviceSettings settings(boolean dummyWeights) {
        CublasSettings cublas = CublasSettings.parse(
                "vidda.cublas", System.getProperty("vidda.cublas", "off"), System.getProperty("vidda.cublasPath", ""));
        return new DeviceSettings(0, 0, dummyWeights, cublas);
    }

    private static int profiled() {
        return Integer.getInteger("vidda.profile", 0);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private void decode(int count, int prompt, int steps) {
        List<TestSequence> sequences = sequences(count, prompt, steps + 24);
        int warm = profiled() > 0 ? 0 : 16;
        StepBatch batch = new StepBatch(8192, 256);
        for (int from = 0; from < count; from += Math.max(1, 8192 / prompt)) {
            batch.clear();
            for (int i = from; i < Math.min(count, from + Math.max(1, 8192 / prompt)); i++) {
                add(batch, sequences.get(i), 0, prompt);
            }
            run(batch, sequences.subList(from, from + batch.sequences()));
        }
        List<Double> times = new ArrayList<>();
        for (int step = 0; step < steps + warm; step++) {
            batch.clear();
            for (TestSequence sequence : sequences) {
                add(batch, sequence, sequence.length() - 1, 1);
            }
            long start = System.nanoTime();
            run(batch, sequences);
            if (step >= warm) {
                times.add(seconds(start));
            }
        }
        double total = times.stream().mapToDouble(Double::doubleValue).sum();
        double median = times.stream().sorted().toList().get(times.size() / 2);
        System.out.printf(
                Locale.ROOT,
                "decode batch %3d context %5d: %8.1f tok/s, step %.3f ms (median %.3f)%n",
                count,
                prompt,
                count * steps / total,
                1e3 * total / steps,
                1e3 * median);
    }

    private void prefill(int length) {
        List<Double> times = new ArrayList<>();
        for (int repeat = 0; repeat < 4; repeat++) {
            TestSequence sequence = sequences(1, length, 2).getFirst();
            StepBatch batch = new StepBatch(8192, 256);
            long start = System.nanoTime();
            for (int from = 0; from < length; from += 8192) {
                batch.clear();
                int count = Math.min(8192, length - from);
                int[] blocks = sequence.blocks();
                boolean last = from + count == length;
                batch.add(
                        sequence.tokenIds(), from, count, blocks, blocks.length, BLOCK_TOKENS, last ? sequence : null);
                runner.launch(batch);
                runner.await();
            }
            times.add(seconds(start));
        }
        double best = times.stream().sorted().toList().get(1);
        System.out.printf(Locale.ROOT, "prefill %5d: %8.0f tok/s, %.2f ms%n", length, length / best, 1e3 * best);
    }

    private List<TestSequence> sequences(int count, int prompt, int more) {
        List<TestSequence> sequences = new ArrayList<>();
        int blocks = Math.ceilDiv(prompt + more, BLOCK_TOKENS);
        for (int i = 0; i < count; i++) {
            int salt = i;
            int[] ids = IntStream.range(0, prompt)
                    .map(k -> (k * 7919 + salt * 104729) % 100000)
                    .toArray();
            int first = i * blocks;
            sequences.add(
                    new TestSequence(ids, IntStream.range(first, first + blocks).toArray()));
        }
        return sequences;
    }

    private static void add(StepBatch batch, TestSequence sequence, int first, int count) {
        int[] blocks = sequence.blocks();
        batch.add(sequence.tokenIds(), first, count, blocks, blocks.length, BLOCK_TOKENS, sequence);
    }

    private void run(StepBatch batch, List<TestSequence> sequences) {
        runner.launch(batch);
        var result = runner.await();
        for (int i = 0; i < sequences.size(); i++) {
            sequences.get(i).append(Math.max(0, result.token(i)));
        }
    }
}
