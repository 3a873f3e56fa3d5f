package dev.vidda.gateway.admin.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    /** Decoding steps as docs/performance.md has them: 128 tokens in, 128 out, so 192 on average. */
    @ParameterizedTest
    @CsvSource({"Qwen3-4B, Qwen3-4B shape", "Meta-Llama-3-8B, Llama-3-8B shape"})
    void theExpectedSpeedIsNearWhatAnH200Does(String model, String heading) throws IOException {
        Map<Integer, Double> measured = decoding(heading);
        assertThat(measured).hasSizeGreaterThan(8);
        measured.forEach((batch, tokensPerSecond) -> {
            Plan plan = plan("H200", model, "bf16", 192, batch);

            assertThat(plan.fits()).isTrue();
            assertThat(plan.expected().tokensPerSecond())
                    .as("%s, batch %d", model, batch)
                    .isCloseTo(tokensPerSecond, Percentage.withPercentage(16));
            assertThat(plan.roofline().tokensPerSecond())
                    .isGreaterThan(plan.expected().tokensPerSecond());
        });
    }

    /** Tokens a second by batch size, from a table with a line for each, or from one with a column for each. */
    private static Map<Integer, Double> decoding(String heading) throws IOException {
        String page =
                Files.readString(Path.of(System.getProperty("vidda.root", "..")).resolve("docs/performance.md"));
        String h200 = page.substring(page.indexOf("## 2. One H200"));
        String section = h200.substring(h200.indexOf("### " + heading));
        section = section.substring(0, section.indexOf("\n### ", 1));
        List<List<String>> rows = section.lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> Arrays.stream(line.substring(2).split(" *\\| *"))
                        .map(cell -> cell.replace(",", "").strip())
                        .toList())
                .toList();
        Map<Integer, Double> decoding = new TreeMap<>();
        for (List<String> row : rows) {
            if (row.getFirst().equals("prompt of")) {
                break;
            }
            if (row.getFirst().matches("\\d+")) {
                decoding.put(Integer.valueOf(row.get(0)), Double.valueOf(row.get(1)));
            } else if (row.getFirst().startsWith("decode tok/s")) {
                for (int i = 1; i < row.size(); i++) {
                    decoding.put(Integer.valueOf(rows.getFirst().get(i)), Double.valueOf(row.get(i)));
                }
            }
        }
        return decoding;
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
        assertThatThrownBy(() -> TABLES.gpu("abacus")).hasMessageContaining("H200-141GB");
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
