package dev.vidda.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vidda.bench.Outcome.Chunk;
import dev.vidda.bench.Outcome.State;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class SummaryTest {
    private static final long MILLI = 1_000_000;

    /** Starts at 0 ms, tokens at 100, 120 and 150 ms, ends at 160 ms. */
    private static final Outcome FIRST = complete(0, 160, List.of(100, 120, 150), Optional.of(true));

    /** Starts at 50 ms, tokens at 250 and 1,300 ms, ends at 2,050 ms. */
    private static final Outcome SECOND = complete(50, 2_050, List.of(250, 1_300), Optional.of(false));

    @Test
    void latenciesAreMeasuredAsTheirNamesSay() {
        assertThat(FIRST.ttft()).hasValue(100);
        assertThat(FIRST.e2el()).isEqualTo(160);
        assertThat(FIRST.tpot()).hasValue(30);
        assertThat(FIRST.itl()).containsExactly(20.0, 30.0);
        assertThat(failed("x").ttft()).isEmpty();
        assertThat(failed("x").tpot()).isEmpty();
    }

    @Test
    void ratesAreOfTheWholeRunAndLatenciesOfCompleteStreams() {
        Summary summary = Summary.of(List.of(FIRST, SECOND, failed("no connection"), failed("no connection")));
        assertThat(summary.seconds()).isEqualTo(2.05);
        assertThat(summary.completed()).isEqualTo(2);
        assertThat(summary.failed()).isEqualTo(2);
        assertThat(summary.outputTokens()).isEqualTo(5);
        assertThat(summary.promptTokens()).isEqualTo(20);
        assertThat(summary.peakOutputTokens())
                .as("four within the first second")
                .isEqualTo(4);
        assertThat(summary.peakConcurrent())
                .as("two failed while the first ran")
                .isEqualTo(3);
        assertThat(summary.right()).isEqualTo(1);
        assertThat(summary.judged()).isEqualTo(2);
        assertThat(summary.rightShare()).isEqualTo(0.5);
        assertThat(summary.reasons()).containsExactly(Map.entry("no connection", 2));
        assertThat(summary.latency(Summary.Metric.TTFT).mean()).isEqualTo(150);
        assertThat(summary.latency(Summary.Metric.ITL).percentile(50)).isEqualTo(30);
    }

    @Test
    void nothingAtAllIsSummarizedToo() {
        Summary summary = Summary.of(List.of());
        assertThat(summary.perSecond(5)).isZero();
        assertThat(summary.rightShare()).isEqualTo(1);
        assertThat(new LoadReport("none", summary, OptionalInt.empty()).text())
                .contains("Successful requests:", "0.00");
    }

    @Test
    void percentilesAreThoseOfNumpy() {
        Distribution values = new Distribution(List.of(15.0, 20.0, 35.0, 40.0, 50.0));
        assertThat(values.percentile(40)).isCloseTo(29, within(1e-9));
        assertThat(values.percentile(50)).isEqualTo(35);
        assertThat(values.percentile(90)).isCloseTo(46, within(1e-9));
        assertThat(values.percentile(99)).isCloseTo(49.6, within(1e-9));
        assertThat(values.percentile(100)).isEqualTo(50);
        assertThat(values.standardDeviation()).isCloseTo(12.884098726725126, within(1e-9));
        assertThat(new Distribution(List.of()).percentile(99)).isNaN();
    }

    @Test
    void reportsNameTheirNumbersAsVllmDoes() throws IOException {
        LoadReport report = new LoadReport(
                "a run", Summary.of(List.of(FIRST, SECOND, failed("http 429 queue_full"))), OptionalInt.empty());
        assertThat(report.text())
                .contains("Serving Benchmark Result")
                .containsPattern("Successful requests: +2\n")
                .containsPattern("Right answers: +1 of 2\n")
                .containsPattern("Output token throughput \\(tok/s\\): +2.44\n")
                .containsPattern("Mean TTFT \\(ms\\): +150.00\n")
                .containsPattern("P99 E2EL \\(ms\\): +1981.60\n")
                .containsPattern("http 429 queue_full: +1\n");
        assertThat(report.markdown())
                .contains("| Successful requests | 2 |")
                .contains("| TTFT | 150.00 | 50.00 | 150.00 | 190.00 | 195.00 | 199.00 |")
                .contains("| http 429 queue_full | 1 |");
        JsonNode json = new ObjectMapper().readTree(report.json());
        assertThat(json.path("completed").intValue()).isEqualTo(2);
        assertThat(json.path("failed").intValue()).isEqualTo(1);
        assertThat(json.path("mean_ttft_ms").doubleValue()).isEqualTo(150);
        assertThat(json.path("p90_ttft_ms").doubleValue()).isEqualTo(190);
        assertThat(json.path("errors").path("http 429 queue_full").intValue()).isEqualTo(1);
        Stream.of("ttft", "tpot", "itl", "e2el")
                .forEach(metric -> Stream.of("mean", "median", "std", "p50", "p90", "p95", "p99")
                        .forEach(kind -> assertThat(json.has(kind + "_" + metric + "_ms"))
                                .isTrue()));
    }

    private static Outcome complete(int startMillis, int endMillis, List<Integer> tokensAt, Optional<Boolean> right) {
        List<Chunk> chunks =
                tokensAt.stream().map(at -> new Chunk(at * MILLI, 1)).toList();
        return new Outcome(
                State.COMPLETE, "", "", startMillis * MILLI, endMillis * MILLI, 10, tokensAt.size(), chunks, right);
    }

    @Test
    void whatWasNotMeasuredIsNotZero() throws IOException {
        List<Outcome> outcomes = List.of(failed("no connection"));
        Summary summary = Summary.of(outcomes);
        LoadReport report = new LoadReport("a run", summary, OptionalInt.empty());
        assertThat(report.text()).doesNotContain("TTFT").containsPattern("Latencies: +none measured");
        assertThat(report.markdown()).doesNotContain("| ms |").contains("| Latencies | none measured |");
        assertThat(new HtmlReport(report, summary, outcomes).html())
                .doesNotContain("<th>mean</th>")
                .contains("<td>Latencies</td><td>none measured</td>");
        JsonNode json = new ObjectMapper().readTree(report.json());
        assertThat(json.path("mean_ttft_ms").isNull()).isTrue();
        assertThat(json.path("p99_e2el_ms").isNull()).isTrue();
    }

    @Test
    void whatTheServerSaidIsCountedByItsWordsAndNotByItsNumbers() throws IOException {
        List<Outcome> outcomes = List.of(
                refused("The line is full: try again in 1.5 s."),
                refused("The tenant <a|b> may have 3."),
                refused("The line is full: try again in 12 s."));
        Summary summary = Summary.of(outcomes);
        LoadReport report = new LoadReport("a run", summary, OptionalInt.empty());
        assertThat(report.text())
                .containsPattern(
                        "http 429: +3\n  2 x The line is full: try again in 1.5 s.\n  1 x The tenant <a\\|b> may");
        assertThat(report.markdown())
                .contains(
                        "| http 429 | 3 | 2 x The line is full: try again in 1.5 s.<br>1 x The tenant &lt;a\\|b> may have 3. |");
        assertThat(new HtmlReport(report, summary, outcomes).html())
                .contains("2 x The line is full: try again in 1.5 s.<br>1 x The tenant &lt;a|b&gt; may have 3.");
        JsonNode messages = new ObjectMapper().readTree(report.json()).path("error_messages");
        assertThat(messages).hasSize(2);
        assertThat(messages.path(0).path("error").textValue()).isEqualTo("http 429");
        assertThat(messages.path(0).path("message").textValue()).isEqualTo("The line is full: try again in 1.5 s.");
        assertThat(messages.path(0).path("count").intValue()).isEqualTo(2);
    }

    @Test
    void ofManyDifferentMessagesPeopleGetTheMostFrequent() throws IOException {
        List<Outcome> outcomes = Stream.of("a", "b", "c", "d", "e", "f", "g", "g")
                .map(SummaryTest::refused)
                .toList();
        LoadReport report = new LoadReport("a run", Summary.of(outcomes), OptionalInt.empty());
        assertThat(report.text()).contains("  2 x g\n  1 x a\n", "  2 x 2 other messages\n");
        assertThat(new ObjectMapper().readTree(report.json()).path("error_messages"))
                .hasSize(7);
    }

    private static Outcome refused(String message) {
        return new Outcome(
                State.REFUSED, "http 429", message, 10 * MILLI, 11 * MILLI, 0, 0, List.of(), Optional.empty());
    }

    private static Outcome failed(String reason) {
        return new Outcome(State.FAILED, reason, "", 10 * MILLI, 11 * MILLI, 0, 0, List.of(), Optional.empty());
    }
}
