package dev.vidda.worker.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.weights.LoadProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares a checkpoint's outputs with those of the reference implementation, in {@code golden.json} beside it: for each
 * prompt the largest logits behind it, the greedy tokens that follow, and the margin of each.
 */
final class Golden {
    private static final double RELATIVE_TOLERANCE = 1e-3;
    private static final double SAFE_MARGIN = 1e-3;
    private static final int BLOCK_TOKENS = 16;

    private final DeviceModelRunner runner;
    private final float[] logits;
    private double worst;

    private Golden(DeviceModelRunner runner) {
        this.runner = runner;
        logits = new float[runner.vocabSize()];
    }

    /** Checks all cases; the result is the largest relative error of a logit. */
    static double check(Path directory, int threads) throws IOException {
        JsonNode golden = new ObjectMapper().readTree(Files.readString(directory.resolve("golden.json")));
        try (DeviceModelRunner runner = load(directory, threads)) {
            Golden check = new Golden(runner);
            for (JsonNode reference : golden.path("cases")) {
                check.checkCase(directory, reference);
            }
            return check.worst;
        }
    }

    static DeviceModelRunner load(Path directory, int threads) {
        LoadSettings settings =
                new LoadSettings("cpu", new DeviceSettings(0, threads), 512, new KvMemory.Bytes(64 << 20), 512, 64);
        return Models.load(directory, settings, LoadProgress.NONE);
    }

    private void checkCase(Path directory, JsonNode reference) {
        int[] prompt = ints(reference.path("prompt"));
        String name = directory.getFileName() + ", prompt of " + prompt.length;
        TestSequence sequence =
                new TestSequence(prompt, IntStream.range(0, runner.kvBlocks()).toArray());
        StepBatch batch = new StepBatch(512, 1);
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
            if (reference.path("margins").path(i).asDouble() > SAFE_MARGIN) {
                assertThat(token).as("%s, greedy token %d", name, i).isEqualTo(greedy[i]);
            }
            sequence.append(greedy[i]);
        }
    }

    private void checkLogits(String name, JsonNode top) {
        for (JsonNode entry : top) {
            double expected = entry.path(1).asDouble();
            float found = logits[entry.path(0).asInt()];
            double error = Math.abs(found - expected) / Math.abs(expected);
            worst = Math.max(worst, error);
            assertThat(error)
                    .as("%s: logit of %d is %f, must be %f", name, entry.path(0).asInt(), found, expected)
                    .isLessThan(RELATIVE_TOLERANCE);
        }
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.path(i).asInt()).toArray();
    }
}
