package dev.vidda.worker.engine;

import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.model.KvMemory;
import dev.vidda.worker.model.LoadSettings;
import dev.vidda.worker.model.Models;
import dev.vidda.worker.step.ModelRunner;
import dev.vidda.worker.weights.LoadProgress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Three hundred sequences of all lengths through a pool for a few, on a real model: all that an engine does at once. */
class MixedLoadTest {
    private static final int VOCAB = 331;
    private static final long BYTES_FOR_A_FEW_SEQUENCES = 400_000;

    @Test
    void allComeToTheirEndsWithTheTokensOfARunAlone() {
        MixedLoad load = new MixedLoad(new MixedLoad.Shape(300, 150, 40, VOCAB, 0.5, 0.15), false, 5);
        LoadSettings settings = new LoadSettings(
                "cpu", new DeviceSettings(0, 2), 256, new KvMemory.Bytes(BYTES_FOR_A_FEW_SEQUENCES), 256, 24);
        Path model = Path.of("src/test/resources/golden/qwen3");
        try (ModelRunner runner = Models.load(model, settings, LoadProgress.NONE)) {
            Map<String, MixedLoad.Generated> alone =
                    load.alone(new Engine(runner, "m", new EngineSettings(256, 1, 1, 3, 0, false)), load.size());
            Engine engine = new Engine(
                    new LookaheadRunner(runner), "m", new EngineSettings(64, 24, 0.25, 3, 0.01, true, true, 1 << 20));
            Map<String, MixedLoad.Generated> together = load.together(engine, engine::checkIntegrity);
            MixedLoad.Comparison comparison = load.compare(alone, together);
            assertThat(comparison.compared()).isGreaterThan(250);
            assertThat(comparison.equal()).isEqualTo(comparison.compared());
            assertThat(engine.stats().preemptions()).isGreaterThan(20);
            assertThat(engine.stats().swaps()).isPositive();
            assertThat(engine.stats().swappedBlocks()).isZero();
            assertThat(engine.stats().usedBlocks()).isZero();
        }
    }
}
