package dev.vidda.worker.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.weights.LoadProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares a checkpoint's outputs with those of the reference implementation in float32, in {@code golden.json} beside it: for
 * each prompt the largest logits behind it, the greedy tokens that follow, and the margin of each.
 */
final class Golden {
    private static final int MAX_TOKENS = 512;
    private static final int BLOCK_TOKENS = 16;

    private final DeviceModelRunner runner;
    private final Tolerance tolerance;
    private final float[] logits;
    private double worst;
    private double worstRow;
    private int compared;
    private int different;
    private double widest;

    /**
     * How close a device must come.
     *
     * @param logit largest relative error of a single logit among the largest
     * @param row largest relative error of all of those together, {@code |found - expected| / |expected|}
     * @param margin greedy tokens may differ where the reference's best two logits are closer
     */
    record Tolerance(double logit, double row, double margin) {
        /** Of a device that computes in float32. */
        static final Tolerance EXACT = new Tolerance(1e-3, 1e-3, 1e-3);
        /** Of one that rounds activations to 16 bits. A single logit may be close to 0, so its own error says little. */
        static final Tolerance ROUNDED = new Tolerance(1e-1, 1.5e-2, 0.1);
    }

    /** What was seen, in words. */
    record Result(double worstLogit, double worstRow, int compared, int different, double widestMargin) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "relative error of the top logits %.2e, of a single one %.2e; %d of %d greedy tokens differ, at margins of "
                            + "at most %.3f",
                    worstRow,
                    worstLogit,
                    different,
                    compared,
                    widestMargin);
        }
    }

    private Golden(DeviceModelRunner runner, Tolerance tolerance) {
        this.runner = runner;
        this.tolerance = tolerance;
        logits = new float[runner.vocabSize()];
    }

    /** Checks all cases on the cpu device; the result is the largest relative error of a logit. */
    static double check(Path directory, int threads) throws IOException {
        return check(directory, "cpu", new DeviceSettings(0, threads), Tolerance.EXACT)
                .worstLogit();
    }

    /** Checks all cases on a device. */
    static Result check(Path directory, String device, DeviceSettings settings, Tolerance tolerance)
            throws IOException {
        JsonNode golden = new ObjectMapper().readTree(Files.readString(directory.resolve("golden.json")));
        try (DeviceModelRunner runner = load(directory, device, settings)) {
            Golden check = new Golden(runner, tolerance);
            for (JsonNode reference : golden.path("cases")) {
                check.checkCase(directory, reference);
            }
            return new Result(check.worst, check.worstRow, check.compared, check.different, check.widest);
        }
    }

    static DeviceModelRunner load(Path directory, int threads) {
        return load(directory, "cpu", new DeviceSettings(0, threads));
    }

    private static DeviceModelRunner load(Path directory, String device, DeviceSettings deviceSettings) {
        ModelConfig config = ModelConfig.read(directory);
        long kvBytes = Math.max(64L << 20, 1024 * config.kvShape(Float.BYTES).bytesPerToken());
        LoadSettings settings =
                new LoadSettings(device, deviceSettings, MAX_TOKENS, new KvMemory.Bytes(kvBytes), MAX_TOKENS, 64);
        return Models.load(directory, settings, LoadProgress.NONE);
    }

    private void checkCase(Path directory, JsonNode reference) {
        int[] prompt = ints(reference.path("prompt"));
        String name = directory.getFileName() + ", prompt of " + prompt.length;
        TestSequence sequence =
                new TestSequence(prompt, IntStream.range(0, runner.kvBlocks()).toArray());
        StepBatch batch = new StepBatch(MAX_TOKENS, 1);
        int[] greedy = ints(reference.path("greedy"));
        for (int i = 0; i < greedy.length; i++) {
            batch.clear();
            int first = i == 0 ? 0 : sequence.length() - 1;
            int[] blocks = sequence.blocks();
            batch.add(
                    sequence.tokenIds(),
                    first,
                    sequence.length() - first,
                    blocks,
                    blocks.length,
                    BLOCK_TOKENS,
                    sequence);
            runner.launch(batch);
            int token = runner.await().token(0);
            if (i == 0) {
                runner.readLogits(0, logits);
                checkLogits(name, reference.path("last_logits_top"));
            }
            checkToken(
                    name + ", greedy token " + i,
                    token,
                    greedy[i],
                    reference.path("margins").path(i).asDouble());
            sequence.append(greedy[i]);
        }
    }

    private void checkToken(String name, int found, int expected, double margin) {
        compared++;
        if (found != expected) {
            different++;
            widest = Math.max(widest, margin);
            assertThat(margin)
                    .as("%s is %d, must be %d: its margin", name, found, expected)
                    .isLessThan(tolerance.margin);
        }
    }

    private void checkLogits(String name, JsonNode top) {
        double difference = 0;
        double norm = 0;
        for (JsonNode entry : top) {
            double expected = entry.path(1).asDouble();
            float found = logits[entry.path(0).asInt()];
            double error = Math.abs(found - expected) / Math.abs(expected);
            worst = Math.max(worst, error);
            difference += Math.pow(found - expected, 2);
            norm += Math.pow(expected, 2);
            assertThat(error)
                    .as("%s: logit of %d is %f, must be %f", name, entry.path(0).asInt(), found, expected)
                    .isLessThan(tolerance.logit);
        }
        worstRow = Math.max(worstRow, Math.sqrt(difference / norm));
        assertThat(worstRow).as("%s: relative error of the top logits", name).isLessThan(tolerance.row);
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.path(i).asInt()).toArray();
    }
}
