package dev.vidda.worker.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vidda.worker.device.Ceilings;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BenchFormatTest {
    private static final BenchReport.Use USE = new BenchReport.Use(3.87e12, 7.7e12, 0.875);
    private static final BenchReport REPORT = new BenchReport(
            "qwen3-4b shape",
            "cuda (NVIDIA H200)",
            0.6,
            new Ceilings(4.64e12, 4.25e12, 790e12),
            List.of(
                    new BenchReport.Decode(1, 128, 128, 481.25, 0.002078, USE, OptionalDouble.of(0.0123)),
                    new BenchReport.Decode(128, 128, 128, 30321, 0.00422, USE, OptionalDouble.empty())),
            List.of(new BenchReport.Prefill(2048, 71_234, 0.02875, USE)),
            Optional.of(new BenchReport.Requests(512, 128, 128, 256, 7.5, 17_476)),
            List.of("prefill 99999: not measured"));

    @Test
    void textHasAlignedColumns() {
        String text = BenchFormat.TEXT.render(REPORT);
        assertThat(text)
                .contains("read 4,640.0 GB/s, copy 4,250.0 GB/s, matmul 790.00 TFLOP/s")
                .containsPattern("1 +128 +481\\.3 +2\\.078 +3,870\\.0 +7\\.70 +87\\.5 % +1\\.2 %\n")
                .containsPattern("128 +128 +30,321\\.0 .* -\n")
                .containsPattern("512 +128 +128 +256 +7\\.50 +17,476\n")
                .endsWith("prefill 99999: not measured\n");
        List<String> rows = text.lines().filter(line -> line.contains("87.5 %")).toList();
        assertThat(rows.get(0)).hasSameSizeAs(rows.get(1));
    }

    @Test
    void markdownHasOneTableForEachKind() {
        String text = BenchFormat.MARKDOWN.render(REPORT);
        assertThat(text)
                .contains("| batch | context | tok/s |", "| 1 | 128 | 481.3 | 2.078 |", "| 2048 | 71,234 | 28.75 |");
        assertThat(text.lines().filter(line -> line.startsWith("| ---:"))).hasSize(3);
    }

    @Test
    void jsonKeepsEveryDigit() throws JsonProcessingException {
        JsonNode tree = new ObjectMapper().readTree(BenchFormat.JSON.render(REPORT));
        assertThat(tree.path("decode").path(0).path("tokens_per_second").asDouble())
                .isEqualTo(481.25);
        assertThat(tree.path("decode").path(0).path("idle").asDouble()).isEqualTo(0.0123);
        assertThat(tree.path("decode").path(1).has("idle")).isFalse();
        assertThat(tree.path("prefill").path(0).path("share_of_roofline").asDouble())
                .isEqualTo(0.875);
        assertThat(tree.path("requests").path("output_tokens_per_second").asDouble())
                .isEqualTo(17_476);
        assertThat(tree.path("operations_per_second").asDouble()).isEqualTo(790e12);
    }
}
