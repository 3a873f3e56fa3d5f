package dev.vidda.gateway.admin.plan;

import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PlannerTest {
    private static final PlanTables TABLES = PlanTables.load();

    /** What the checkpoints on Hugging Face have. */
    @ParameterizedTest
    @CsvSource({
        "Qwen/Qwen3-0.6B, 596049920",
        "Qwen/Qwen3-4B-Instruct-2507, 4022468096",
        "Qwen/Qwen3-8B, 8190735360",
        "Qwen/Qwen2.5-7B-Instruct, 7615616512",
        "meta-llama/Llama-3.1-8B-Instruct, 8030261248",
        "meta-llama/Llama-3.1-70B-Instruct, 70553706496",
        "deepseek-ai/DeepSeek-V3, 671026419200"
    })
    void aModelHasAsManyParametersAsItsCheckpoint(String name, long parameters) {
        assertThat(TABLES.model(name).parameters()).isEqualTo(parameters);
    }

    @ParameterizedTest
    @CsvSource({"Qwen3-4B, 147456", "Meta-Llama-3-8B, 131072", "DeepSeek-V3, 70272"})
    void aTokenTakesAsManyBytesAsThePaperSays(String name, long bytes) {
        assertThat(TABLES.model(name).kv(2).bytesPerToken()).isEqualTo(bytes);
    }

    /** Measured decoding steps of docs/performance.md: 128 tokens in, 128 out, so 192 on average. */
    @ParameterizedTest
    @CsvSource({
        "Qwen3-4B, 1, 345",
        "Qwen3-4B, 32, 8346",
        "Qwen3-4B, 128, 21287",
        "Qwen3-4B, 256, 25691",
        "Meta-Llama-3-8B, 1, 230",
        "Meta-Llama-3-8B, 32, 5705",
        "Meta-Llama-3-8B, 128, 15655"
    })
    void theExpectedSpeedIsNearWhatAnH200Does(String model, int batch, double tokensPerSecond) {
        Plan plan = plan("H200", model, "bf16", 192, batch);

        assertThat(plan.fits()).isTrue();
        assertThat(plan.expected().tokensPerSecond()).isCloseTo(tokensPerSecond, Percentage.withPercentage(16));
        assertThat(plan.roofline().tokensPerSecond())
                .isGreaterThan(plan.expected().tokensPerSecond());
    }

    @Test
    void whatDoesNotFitSaysWhy() {
        assertThat(plan("RTX-3060", "Meta-Llama-3-8B", "bf16", 4096, 1).whyNot())
                .contains("weights and workspace");
        assertThat(plan("RTX-3090", "Meta-Llama-3-8B", "bf16", 8192, 100).whyNot())
                .contains("not 100");
        assertThat(plan("H200", "Meta-Llama-3-8B", "bf16", 10_000, 1).whyNot()).contains("8,192 tokens");
        assertThat(plan("RTX-3060", "Meta-Llama-3-8B", "awq", 4096, 1).fits()).isTrue();
    }

    @Test
    void moreOfAnythingNeverFitsBetter() {
        for (GpuType gpu : TABLES.gpus().values()) {
            for (ModelFacts model : TABLES.models().values()) {
                for (Precision precision : Precision.values()) {
                    int before = Integer.MAX_VALUE;
                    for (int context : List.of(64, 512, 4096, 8192)) {
                        Plan plan = Planner.plan(new PlanRequest(gpu, 1, model, precision, 2, context, 4, 2048, 0.9));
                        assertThat(plan.largestBatch()).isBetween(0, before);
                        assertThat(plan.fits()).isEqualTo(plan.largestBatch() >= 4);
                        assertThat(plan.weights() + plan.workspace() + plan.kvPool())
                                .as("%s on %s", model.name(), gpu.name())
                                .matches(sum -> sum <= gpu.memoryBytes() || plan.largestBatch() == 0);
                        before = plan.largestBatch();
                    }
                }
            }
        }
    }

    @Test
    void eightH200HoldDeepSeekAndOneDoesNot() {
        ModelFacts model = TABLES.model("DeepSeek-V3");
        GpuType gpu = TABLES.gpu("H200");

        assertThat(Planner.plan(new PlanRequest(gpu, 1, model, Precision.FP8, 2, 8192, 1, 8192, 0.9))
                        .fits())
                .isFalse();
        Plan eight = Planner.plan(new PlanRequest(gpu, 8, model, Precision.FP8, 2, 8192, 32, 8192, 0.9));
        assertThat(eight.fits()).isTrue();
        // The latent vector is on each of them.
        assertThat(Planner.shape(eight.request()).bytesPerToken()).isEqualTo(70272);
    }

    @Test
    void namesThatAreNotKnownAreAnsweredWithThoseThatAre() {
        assertThatThrownBy(() -> TABLES.gpu("abacus")).hasMessageContaining("h200-141gb");
        assertThatThrownBy(() -> Precision.parse("fp3")).hasMessageContaining("awq");
    }

    @Test
    void theTableHasALineForEachGpu() {
        List<Plan> plans = TABLES.gpus().values().stream()
                .map(gpu -> plan(gpu.name(), "Qwen3-4B", "bf16", 8192, 8))
                .toList();

        assertThat(PlanText.of(plans)).contains("RTX-3060-12GB", "B200-180GB", "4.02 B parameters");
    }

    private static Plan plan(String gpu, String model, String dtype, int context, int concurrency) {
        return Planner.plan(new PlanRequest(
                TABLES.gpu(gpu),
                1,
                TABLES.model(model),
                Precision.parse(dtype),
                2,
                context,
                concurrency,
                8192,
                PlanRequest.KV_SHARE));
    }
}
