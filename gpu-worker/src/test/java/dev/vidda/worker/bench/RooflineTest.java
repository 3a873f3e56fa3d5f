package dev.vidda.worker.bench;

import dev.vidda.worker.device.Ceilings;
import dev.vidda.worker.model.KnownShape;
import dev.vidda.worker.model.ModelConfig;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RooflineTest {
    private static final Ceilings CEILINGS = new Ceilings(4.3e12, 4.3e12, 790e12);
    private static final ModelConfig QWEN = KnownShape.QWEN3_4B.config();
    private static final Roofline ROOFLINE = new Roofline(QWEN, QWEN.kvShape(2), CEILINGS);

    @Test
    void shapesHaveTheSizesOfTheModelsTheyAreNamedAfter() {
        assertThat(QWEN.parameters()).isEqualTo(4_022_468_096L);
        assertThat(QWEN.kvShape(2).bytesPerToken()).isEqualTo(147_456);
        assertThat(KnownShape.LLAMA3_8B.config().parameters()).isEqualTo(8_030_261_248L);
        assertThat(KnownShape.of("qwen3-4b")).contains(KnownShape.QWEN3_4B);
        assertThat(KnownShape.of("gpt-5")).isEmpty();
    }

    @Test
    void oneSequenceReadsEveryWeightOnceAndItsContext() {
        Roofline.Need need = ROOFLINE.decode(1, 512);
        assertThat(need.weightBytes()).isCloseTo(8.045e9, within(1e6));
        assertThat(need.kvBytes()).isEqualTo(512.0 * 147_456);
        assertThat(1e3 * ROOFLINE.seconds(need)).isCloseTo(1.889, within(1e-3));
    }

    @Test
    void anUntiedEmbeddingTableIsNotRead() {
        ModelConfig llama = KnownShape.LLAMA3_8B.config();
        Roofline.Need need = new Roofline(llama, llama.kvShape(2), CEILINGS).decode(1, 0);
        assertThat(need.weightBytes()).isCloseTo(15.01e9, within(1e7));
    }

    @Test
    void aLargeBatchIsBoundByComputingAndByReadingKeysAndValues() {
        double step = ROOFLINE.seconds(ROOFLINE.decode(256, 512));
        assertThat(1e3 * step).isCloseTo(7.10, within(0.01));
    }

    @Test
    void promptsAreBoundByComputing() {
        assertThat(1e3 * ROOFLINE.seconds(ROOFLINE.prefill(2048))).isCloseTo(20.4, within(0.1));
        assertThat(1e3 * ROOFLINE.seconds(ROOFLINE.prefill(8192))).isCloseTo(100.0, within(1.0));
    }
}
