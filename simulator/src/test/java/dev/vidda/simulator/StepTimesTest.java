package dev.vidda.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Steps take as long as the tables of docs/performance.md say that an H200 takes. */
final class StepTimesTest {
    /** The tables have 128 tokens in and 128 out, so 192 on average. */
    private static final int CONTEXT = 192;

    private final StepTimes times = StepTimes.h200Qwen3With4B();

    @Test
    void decodingStepsTakeAsLongAsMeasured() throws IOException {
        List<List<String>> rows = rows("| batch |");
        assertThat(rows).hasSizeGreaterThan(8);
        for (List<String> row : rows) {
            String[] setting = row.getFirst().split(", context ");
            int batch = Integer.parseInt(setting[0]);
            int context = setting.length == 1 ? CONTEXT : Integer.parseInt(setting[1].replace(",", "")) + 16;
            assertThat(times.nanos(0, 0, batch, (double) batch * context) / 1e6)
                    .as("batch %s", row.getFirst())
                    .isCloseTo(Double.parseDouble(row.get(2)), Percentage.withPercentage(10));
        }
    }

    @Test
    void promptsTakeAsLongAsMeasured() throws IOException {
        List<List<String>> rows = rows("| prompt of |");
        assertThat(rows).hasSizeGreaterThan(3);
        for (List<String> row : rows) {
            int tokens = Integer.parseInt(row.getFirst().replace(",", "").split(" ")[0]);
            assertThat(prompt(tokens, 8_192) / 1e6)
                    .as("a prompt of %d", tokens)
                    .isCloseTo(Double.parseDouble(row.get(2)), Percentage.withPercentage(15));
        }
    }

    private double prompt(int tokens, int chunk) {
        double nanos = 0;
        for (int done = 0; done < tokens; done += chunk) {
            int now = Math.min(chunk, tokens - done);
            nanos += times.nanos(now, now * (double) done + now * (now + 1.0) / 2, 0, 0);
        }
        return nanos;
    }

    /** The rows of the table that begins so, among those of Qwen3-4B on one H200. */
    private static List<List<String>> rows(String begin) throws IOException {
        String page =
                Files.readString(Path.of(System.getProperty("vidda.root", "..")).resolve("docs/performance.md"));
        String section = page.substring(page.indexOf("### Qwen3-4B shape", page.indexOf("## 2. One H200")));
        Stream<String> table = section.substring(section.indexOf(begin)).lines();
        return table.skip(2)
                .takeWhile(line -> line.startsWith("| "))
                .map(line -> Arrays.stream(line.substring(2).split(" *\\| *")).toList())
                .toList();
    }
}
