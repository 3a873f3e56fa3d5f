package dev.vidda.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sun.misc.Signal;

import static dev.vidda.bench.FakeServer.CUT;
import static dev.vidda.bench.FakeServer.FOREVER;
import static dev.vidda.bench.FakeServer.HANG;
import static dev.vidda.bench.FakeServer.chat;
import static org.assertj.core.api.Assertions.assertThat;

/** The whole command line against a server on a free port. */
final class LoadGeneratorTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();
    private final AtomicInteger started = new AtomicInteger();
    private Path prompts = Path.of("");

    @BeforeEach
    void writePrompts() throws IOException {
        prompts = directory.resolve("heldout.jsonl");
        String line = "{\"messages\":[{\"role\":\"user\",\"content\":\"%d\"}],\"answer\":\"x = %d\"}%n";
        Files.writeString(prompts, line.formatted(0, 0) + line.formatted(1, 1) + line.formatted(2, 2));
    }

    @Test
    void wholeStreamsAreReportedInAllForms() throws IOException {
        try (FakeServer server = new FakeServer(request -> chat("Let us see.\n", "Answer: x = ", number(request)))) {
            int exit = run(
                    server.url(),
                    "--requests",
                    "12",
                    "--concurrency",
                    "4",
                    "--expect-field",
                    "answer",
                    "--min-right",
                    "1",
                    "--api-key",
                    "secret",
                    "--json",
                    file("r.json"),
                    "--markdown",
                    file("r.md"),
                    "--html",
                    file("r.html"));
            assertThat(exit).as(progress.toString(StandardCharsets.UTF_8)).isZero();
            assertThat(server.requests).hasSize(12).allSatisfy(request -> {
                assertThat(request.path("model").textValue()).isEqualTo("fake");
                assertThat(request.path("stream").booleanValue()).isTrue();
                assertThat(request.path("stream_options").path("include_usage").booleanValue())
                        .isTrue();
                assertThat(request.path("return_token_ids").booleanValue()).isTrue();
            });
            assertThat(server.authorizations).containsOnly("Bearer secret");
        }
        JsonNode json = report();
        assertThat(json.path("completed").intValue()).isEqualTo(12);
        assertThat(json.path("right").intValue()).isEqualTo(12);
        assertThat(json.path("total_output_tokens").intValue()).isEqualTo(36);
        assertThat(json.path("max_concurrent_requests").intValue()).isLessThanOrEqualTo(4);
        assertThat(out.toString(StandardCharsets.UTF_8)).containsPattern("Right answers: +12 of 12");
        assertThat(Files.readString(directory.resolve("r.md"))).contains("| Successful requests | 12 |");
        assertThat(Files.readString(directory.resolve("r.html")))
                .contains("<td>Successful requests</td><td>12</td>", "<td>TTFT</td>", "End-to-end Latency");
    }

    @Test
    void everyPromptIsSentOnceUnlessToldOtherwise() throws IOException {
        try (FakeServer server = new FakeServer(request -> chat("x"))) {
            assertThat(run(server.url())).isZero();
            assertThat(server.requests).hasSize(3);
        }
    }

    @Test
    void aStreamThatIsNotWholeFailsTheRun() throws IOException {
        AtomicInteger count = new AtomicInteger();
        Function<JsonNode, List<String>> everySecondCut =
                request -> count.incrementAndGet() % 2 == 0 ? started(CUT) : chat("x", "y");
        try (FakeServer server = new FakeServer(everySecondCut)) {
            assertThat(run(server.url(), "--requests", "6", "--json", file("r.json")))
                    .isEqualTo(1);
        }
        assertThat(report().path("incomplete").intValue()).isEqualTo(3);
        assertThat(report().path("completed").intValue()).isEqualTo(3);
    }

    @Test
    void wrongAnswersFailTheRunWhenTooMany() throws IOException {
        try (FakeServer server = new FakeServer(request -> chat("Answer: x = 1"))) {
            String[] judged = {"--expect-field", "answer", "--min-right"};
            assertThat(run(server.url(), judged[0], judged[1], judged[2], "0.3"))
                    .isZero();
            assertThat(run(server.url(), judged[0], judged[1], judged[2], "0.4"))
                    .isEqualTo(1);
        }
    }

    @Test
    void abandonedStreamsAreClosedMidwayAndAreNoFailure() throws Exception {
        try (FakeServer server = new FakeServer(request -> started(FOREVER))) {
            assertThat(run(server.url(), "--abandon", "1", "--max-tokens", "10", "--json", file("r.json")))
                    .isZero();
            assertThat(server.clientLeft.await(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(report().path("abandoned").intValue()).isEqualTo(3);
        assertThat(report().path("completed").intValue()).isZero();
    }

    @Test
    void aStreamThatHangsIsGivenUpAfterTheTimeout() throws IOException {
        try (FakeServer server = new FakeServer(request -> started(HANG))) {
            assertThat(run(server.url(), "--requests", "1", "--timeout", "200ms", "--json", file("r.json")))
                    .isEqualTo(1);
        }
        assertThat(report().path("errors").path("timeout within the stream").intValue())
                .isEqualTo(1);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThat(execute("--prompts", "no-such-prompts.jsonl")).isEqualTo(2);
        assertThat(progress.toString(StandardCharsets.UTF_8))
                .contains("no-such-prompts.jsonl: there is no such file or folder");
    }

    @Test
    void refusalsAreCountedByStatusAndReason() throws IOException {
        try (FakeServer server = new FakeServer(request -> chat("x"))) {
            String busy = server.url() + "/busy/";
            assertThat(run(busy, "--model", "m", "--json", file("r.json"))).isEqualTo(1);
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .as("nothing was measured")
                    .doesNotContain("TTFT");
            assertThat(report().path("refused").intValue()).isEqualTo(3);
            assertThat(report().path("errors").path("http 429 queue_full").intValue())
                    .isEqualTo(3);
            assertThat(run(busy, "--model", "m", "--allow-refused")).isZero();
            assertThat(run(server.url() + "/html", "--model", "m", "--json", file("r.json")))
                    .isEqualTo(1);
            assertThat(report().path("errors").path("http 502 not JSON").intValue())
                    .isEqualTo(3);
        }
    }

    @Test
    void whatTheServerSaysToThoseItRefusesIsReported() throws IOException {
        try (FakeServer server = new FakeServer(request -> chat("x"))) {
            String locked = server.url() + "/locked";
            assertThat(run(locked)).isEqualTo(2);
            assertThat(progress.toString(StandardCharsets.UTF_8))
                    .contains(
                            "/locked/v1/models names no model, but answers http 401 invalid_request_error: Incorrect API key");
            assertThat(run(locked, "--model", "m", "--json", file("r.json"), "--html", file("r.html")))
                    .isEqualTo(1);
            String said = "3 x Incorrect API key provided.";
            assertThat(out.toString(StandardCharsets.UTF_8)).contains(said);
            assertThat(Files.readString(directory.resolve("r.html"))).contains(said);
            assertThat(report().path("error_messages").path(0).path("message").textValue())
                    .isEqualTo("Incorrect API key provided.");
            assertThat(run(locked, "--model", "m", "--fit", "4")).isEqualTo(1);
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .contains("32 x Incorrect API key provided.")
                    .containsPattern(" {10}1 {6}0.0 {8}0.0 {13}- {13}-\n");
        }
    }

    @Test
    void aRunThatIsInterruptedReportsWhatHasEnded() throws IOException {
        try (FakeServer server = new FakeServer(this::interruptAtTheThird)) {
            assertThat(run(server.url(), "--requests", "100", "--json", file("r.json")))
                    .isEqualTo(130);
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .containsPattern("Interrupted, streams left out: +1\n")
                .containsPattern("Successful requests: +2\n")
                .containsPattern("Failed requests: +0\n");
        assertThat(report().path("interrupted").booleanValue()).isTrue();
        assertThat(report().path("completed").intValue()).isEqualTo(2);
    }

    @Test
    void aSearchThatIsInterruptedReportsItsTrials() throws IOException {
        AtomicInteger count = new AtomicInteger();
        try (FakeServer server =
                new FakeServer(request -> count.incrementAndGet() < 40 ? chat("x") : interruptAtTheThird(request))) {
            started.set(2);
            assertThat(run(server.url(), "--fit", "64")).isEqualTo(130);
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("interrupted after 1 whole trials", "largest stable concurrency 1,");
    }

    private List<String> interruptAtTheThird(JsonNode request) {
        int number = started.incrementAndGet();
        if (number < 3) {
            return chat("x");
        }
        if (number == 3) {
            Signal.raise(new Signal("INT"));
        }
        return started(HANG);
    }

    @Test
    void syntheticPromptsComeAtTheirRateAsTokenIds() throws IOException {
        List<String> events = List.of(
                FakeServer.chunk("{\"index\":0,\"text\":\"a\",\"token_ids\":[1],\"finish_reason\":\"length\"}"),
                FakeServer.usage(32, 1),
                "[DONE]");
        try (FakeServer server = new FakeServer(request -> events)) {
            int exit = execute(
                    "--url",
                    server.url(),
                    "--synthetic",
                    "32",
                    "--requests",
                    "5",
                    "--rate",
                    "1000",
                    "--ignore-eos",
                    "--sampling-seed",
                    "9",
                    "--duration",
                    "10m");
            assertThat(exit).as(progress.toString(StandardCharsets.UTF_8)).isZero();
            assertThat(server.requests).hasSize(5).allSatisfy(request -> {
                assertThat(request.path("prompt")).hasSize(32);
                assertThat(request.path("ignore_eos").booleanValue()).isTrue();
                assertThat(request.path("seed").intValue()).isEqualTo(9);
            });
        }
    }

    @Test
    void aCommandLineThatCannotBeUnderstoodSaysWhy() throws IOException {
        try (FakeServer server = new FakeServer(request -> chat("x"))) {
            assertThat(execute("--url", server.url())).isEqualTo(2);
            assertThat(run(server.url(), "--concurrency", "0")).isEqualTo(2);
            assertThat(progress.toString(StandardCharsets.UTF_8)).contains("concurrency must be at least 1, was 0");
            assertThat(execute("--synthetic", "0")).isEqualTo(2);
            assertThat(execute("--synthetic", "1", "--expect-field", "answer")).isEqualTo(2);
            assertThat(execute("--synthetic", "1")).isEqualTo(2);
            assertThat(progress.toString(StandardCharsets.UTF_8))
                    .contains("--random must be at least 1, was 0")
                    .contains("--expect-field needs --prompts")
                    .contains("one of --requests and --duration is needed");
            assertThat(run(server.url() + "/html")).isEqualTo(2);
            assertThat(progress.toString(StandardCharsets.UTF_8))
                    .contains("names no model, but answers http 502 not JSON: <html>bad gateway");
        }
    }

    @Test
    void optionsThatCannotBeAreNamedBeforeAnythingIsSent() throws IOException {
        try (FakeServer server = new FakeServer(request -> chat("x"))) {
            assertWrong("--url must be http://HOST:PORT or https://HOST:PORT, was nonsense", "--url", "nonsense");
            String url = server.url();
            assertWrong("--max-tokens must be at least 1, was 0", "--url", url, "--max-tokens", "0");
            assertWrong("--min-right must be in [0, 1], was 3.0", "--url", url, "--min-right", "3");
            assertWrong("--fit must be at least 1, was 0", "--url", url, "--fit", "0");
            assertWrong("--fit chooses the pace of its trials", "--url", url, "--fit", "4", "--rate", "5");
            assertWrong("writes no files", "--url", url, "--fit", "4", "--json", file("r.json"));
            assertWrong("--html: there is no folder for ", "--url", url, "--html", file("none/r.html"));
            assertWrong("is a folder, not a file of prompts", "--url", url, "--prompts", directory.toString());
            assertThat(server.requests).isEmpty();
            assertThat(run(url + "/v1/")).as("a base URL as SDKs have it").isZero();
        }
    }

    private void assertWrong(String message, String... options) {
        List<String> all = new ArrayList<>(Arrays.asList(options));
        if (!all.contains("--prompts")) {
            all.addAll(List.of("--prompts", prompts.toString()));
        }
        assertThat(execute(all.toArray(String[]::new))).as(message).isEqualTo(2);
        assertThat(progress.toString(StandardCharsets.UTF_8)).contains(message);
    }

    @Test
    void aServerThatIsNotThereIsSaidToBeSo() throws IOException {
        String gone;
        try (FakeServer server = new FakeServer(request -> chat("x"))) {
            gone = server.url();
        }
        assertThat(run(gone)).isEqualTo(2);
        assertThat(progress.toString(StandardCharsets.UTF_8)).contains("no server answers at " + gone);
        assertThat(run(gone, "--model", "m", "--json", file("r.json"))).isEqualTo(1);
        assertThat(report().path("errors").path("no connection").intValue()).isEqualTo(3);
    }

    private int run(String url, String... options) {
        List<String> all = new ArrayList<>(List.of("--url", url, "--prompts", prompts.toString()));
        all.addAll(Arrays.asList(options));
        return execute(all.toArray(String[]::new));
    }

    private int execute(String... arguments) {
        return LoadGenerator.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(progress, true, StandardCharsets.UTF_8),
                arguments);
    }

    private JsonNode report() throws IOException {
        return JSON.readTree(Files.readString(directory.resolve("r.json")));
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    /** The role and one token, and then something else. */
    private static List<String> started(String then) {
        List<String> events = new ArrayList<>(chat("x", "y").subList(0, 2));
        events.add(then);
        return events;
    }

    private static String number(JsonNode request) {
        return request.path("messages").path(0).path("content").textValue();
    }
}
