package dev.vidda.worker.model;

import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.Devices;
import dev.vidda.worker.weights.CheckpointException;
import dev.vidda.worker.weights.LoadProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelsTest {
    private static final Path QWEN3 = GoldenTest.DIRECTORY.resolve("qwen3");
    private static final KvShape SHAPE = KvShape.grouped(2, 2, 32, 4, 0);

    @TempDir
    private Path directory = Path.of("");

    private static LoadSettings settings(int maxModelLength, KvMemory memory) {
        return new LoadSettings("cpu", new DeviceSettings(0, 1), maxModelLength, memory, 32, 4);
    }

    @Test
    void theKvPoolHoldsWhatFitsAndIsUseful() {
        KvMemory oneBlock = new KvMemory.Bytes(SHAPE.bytesPerBlock() + 1);
        assertThat(oneBlock.blocks(SHAPE, 1L << 30, 0.9, 4, 1024)).isEqualTo(1);
        assertThat(new KvMemory.Fraction(0.5).blocks(SHAPE, 8 * SHAPE.bytesPerBlock(), 0.9, 4, 1024))
                .isEqualTo(4);
        assertThat(new KvMemory.Usual().blocks(SHAPE, 8 * SHAPE.bytesPerBlock(), 0.25, 4, 1024))
                .isEqualTo(2);
        assertThat(new KvMemory.Bytes(1L << 30).blocks(SHAPE, 1L << 40, 0.9, 4, 1024))
                .isEqualTo(4 * 64);
        assertThatThrownBy(() -> new KvMemory.Bytes(5).blocks(SHAPE, 100, 0.9, 4, 1024))
                .isInstanceOf(DeviceException.class)
                .hasMessageContainingAll("5 bytes", "16 tokens needs " + SHAPE.bytesPerBlock());
        assertThatThrownBy(() -> new KvMemory.Bytes(500).blocks(SHAPE, 100, 0.9, 4, 1024))
                .hasMessageContainingAll("500 bytes", "only 100 are free");
        assertThatThrownBy(() -> new KvMemory.Fraction(1.5)).hasMessageContaining("was 1.5");
    }

    @Test
    void theLongestSequenceIsWhatModelAndPoolAllow() {
        try (DeviceModelRunner runner =
                Models.load(QWEN3, settings(0, new KvMemory.Bytes(1 << 30)), LoadProgress.NONE)) {
            assertThat(runner.maxModelLength()).isEqualTo(1024);
            assertThat(runner.kvBlocks()).isEqualTo(4 * 64);
            assertThat(runner.kvShape()).isEqualTo(SHAPE);
            assertThat(runner.vocabSize()).isEqualTo(331);
            assertThat(runner.device()).startsWith("cpu (");
        }
        KvMemory twoBlocks = new KvMemory.Bytes(2 * SHAPE.bytesPerBlock());
        try (DeviceModelRunner runner = Models.load(QWEN3, settings(0, twoBlocks), LoadProgress.NONE)) {
            assertThat(runner.maxModelLength()).isEqualTo(33);
        }
        assertThatThrownBy(() -> Models.load(QWEN3, settings(100, twoBlocks), LoadProgress.NONE))
                .isInstanceOf(DeviceException.class)
                .hasMessageContainingAll("at most 33 tokens", "100 were asked for");
        assertThatThrownBy(() -> Models.load(QWEN3, settings(2000, twoBlocks), LoadProgress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("at most 1024 tokens", "2000 were asked for");
    }

    @Test
    void progressGrowsToTheWhole() {
        List<Long> done = new ArrayList<>();
        List<Long> totals = new ArrayList<>();
        LoadProgress progress = (doneBytes, totalBytes) -> {
            done.add(doneBytes);
            totals.add(totalBytes);
        };
        Models.load(QWEN3, settings(0, new KvMemory.Bytes(1 << 20)), progress).close();
        assertThat(done).isSorted().startsWith(0L).endsWith(totals.getFirst());
        assertThat(totals).containsOnly(totals.getFirst());
    }

    @Test
    void aMissingTensorIsNamed() throws IOException {
        String config = Files.readString(QWEN3.resolve("config.json"));
        Files.writeString(
                directory.resolve("config.json"),
                config.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3")
                        .replaceAll("\"layer_types\": \\[[^]]*],", ""));
        Files.copy(QWEN3.resolve("model.safetensors"), directory.resolve("model.safetensors"));
        assertThatThrownBy(() -> Models.load(directory, settings(0, new KvMemory.Bytes(1 << 20)), LoadProgress.NONE))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("tensor model.layers.2.", "is missing");
    }

    @Test
    void theChoiceLeftToUsIsTheCpu() {
        assertThat(Devices.find(Devices.AUTO).name()).isEqualTo("cpu");
    }

    @Test
    void unknownDevicesAreAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> Devices.find("tpu"))
                .isInstanceOf(DeviceException.class)
                .hasMessageContainingAll("unknown device tpu", "auto", "cpu");
        assertThat(Devices.all()).extracting(factory -> factory.name()).contains("cpu");
    }
}
