package dev.vidda.gateway.http;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vidda.protocol.AdmissionCounts;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.DeviceHealth;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class MetricsTest {
    private static final Path ROOT = Path.of(System.getProperty("vidda.root", ".."));
    private static final Pattern NAME = Pattern.compile("\\b(?:vllm:|vidda_)[a-z0-9_]+");
    private static final Pattern SERIES = Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)[{ ]");
    private static final String SECRET = "the prompt nobody may see";

    private static TestGateway gateway;
    private static String page = "";
    private static final ListAppender<ILoggingEvent> LOGGED = new ListAppender<>();

    @BeforeAll
    static void start() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        LOGGED.start();
        root.addAppender(LOGGED);
        gateway = TestGateway.start();
        gateway.capacity(capacity());
        CompletableFuture<HttpResponse<String>> whole =
                gateway.postAsync("/v1/completions", "{'prompt':'" + SECRET + "','max_tokens':9}");
        gateway.admit().tokens(0, 72).tokens(0, 73).eos();
        assertThat(whole.join().statusCode()).isEqualTo(200);
        gateway.post("/v1/completions", "{'prompt':'" + SECRET + "', 'model': 'nobodys'}");
        CompletableFuture<HttpResponse<String>> failed =
                gateway.postAsync("/v1/completions", "{'prompt':'" + SECRET + "'}");
        gateway.scheduler.expectMessageClass(SchedulerCommand.Release.class);
        gateway.refuse(new Refusal(Refusal.Reason.QUEUE_FULL, "too many wait", 1000, 1, 64, 1000));
        failed.join();
        gateway.scheduler.awaitAssert(() -> {
            assertThat(gateway.get("/metrics").body()).contains("vidda_kv_blocks{");
            return null;
        });
        // The first that has workers may have been written while they became known.
        page = gateway.get("/metrics").body();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(LOGGED);
    }

    @Test
    void everyMetricThatADashboardOrAnAlertNamesExists() throws IOException {
        Set<String> named = new TreeSet<>();
        JsonNode dashboard = new ObjectMapper()
                .readTree(ROOT.resolve("conf/grafana/vidda.json").toFile());
        dashboard.findValuesAsText("expr").forEach(expression -> names(expression, named));
        dashboard.findValuesAsText("query").forEach(expression -> names(expression, named));
        for (String line : Files.readAllLines(ROOT.resolve("conf/alerts/vidda.yaml"))) {
            if (line.strip().startsWith("expr:")) {
                names(line, named);
            }
        }
        assertThat(named).hasSizeGreaterThan(30);
        assertThat(series()).containsAll(named);
    }

    /** Each gateway tells about all workers and schedulers: with two of them, a bare sum would count everything twice. */
    @Test
    void whatEveryGatewayTellsIsNeverSummedOverGateways() throws IOException {
        List<String> expressions = new ArrayList<>();
        for (String file : List.of("conf/grafana/vidda.json", "conf/alerts/vidda.yaml")) {
            Files.readAllLines(ROOT.resolve(file)).stream()
                    .filter(line -> line.strip().matches("\"?expr\"?:.*"))
                    .forEach(expressions::add);
        }
        Set<String> ofCluster = page.lines()
                .filter(line -> line.matches(".*engine=\"[^0].*") || line.startsWith("vidda_refusals_total"))
                .map(line -> line.replaceAll("\\{.*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        ofCluster.add("vllm:num_requests_waiting");

        assertThat(ofCluster).contains("vidda_kv_blocks", "vllm:num_preemptions_total");
        assertThat(expressions).hasSizeGreaterThan(30).allSatisfy(expression -> {
            String sums = expression.replaceAll("max( by \\([^)]*\\) )?\\((rate\\()?[^()]*\\)?\\)", "");
            assertThat(sums).doesNotContainPattern("sum.*(" + String.join("|", ofCluster) + ")\\b(?!.* == 0)");
        });
    }

    @Test
    void everyMetricThatScalesWorkersExists() throws IOException {
        for (String file : List.of("k8s/components/autoscaling/scalers.yaml", "k8s/examples/keda.yaml")) {
            Set<String> named = new TreeSet<>();
            Files.readAllLines(ROOT.resolve(file)).forEach(line -> names(line, named));

            assertThat(named).contains("vidda_queue_estimated_wait_seconds", "vidda_kv_blocks_committed");
            assertThat(series()).as(file).containsAll(named);
        }
    }

    @Test
    void theNamesThatOtherToolsReadAreThere() {
        assertThat(series())
                .contains(
                        "vllm:num_requests_running",
                        "vllm:num_requests_waiting",
                        "vllm:kv_cache_usage_perc",
                        "vllm:cache_config_info",
                        "vllm:prefix_cache_queries_total",
                        "vllm:prefix_cache_hits_total",
                        "vllm:num_preemptions_total",
                        "vllm:prompt_tokens_total",
                        "vllm:generation_tokens_total",
                        "vllm:request_success_total",
                        "vllm:time_to_first_token_seconds_bucket",
                        "vllm:time_per_output_token_seconds_bucket",
                        "vllm:inter_token_latency_seconds_bucket",
                        "vllm:e2e_request_latency_seconds_bucket",
                        "vllm:request_queue_time_seconds_bucket",
                        "vllm:request_prefill_time_seconds_bucket",
                        "vllm:request_decode_time_seconds_bucket",
                        "vllm:request_inference_time_seconds_bucket",
                        "vllm:request_prompt_tokens_bucket",
                        "vllm:request_generation_tokens_bucket",
                        "vllm:request_params_max_tokens_bucket",
                        "vllm:request_params_n_bucket");
        assertThat(page)
                .contains(
                        "vllm:cache_config_info{block_size=\"16\",engine=\"worker-1\",model_name=\"tiny\",num_gpu_blocks=\"64\"} 1");
    }

    @Test
    void requestsAreCounted() {
        assertThat(value("vllm:generation_tokens_total{engine=\"0\",model_name=\"tiny\"}"))
                .isEqualTo(3);
        assertThat(value("vllm:request_success_total{engine=\"0\",finished_reason=\"stop\",model_name=\"tiny\"}"))
                .isEqualTo(1);
        assertThat(value("vllm:time_to_first_token_seconds_count{engine=\"0\",model_name=\"tiny\"}"))
                .isEqualTo(1);
        assertThat(value("vllm:inter_token_latency_seconds_count{engine=\"0\",model_name=\"tiny\"}"))
                .isEqualTo(2);
        assertThat(value("vidda_refused_requests_total{reason=\"model_not_found\"}"))
                .isEqualTo(1);
        assertThat(value("vllm:kv_cache_usage_perc{engine=\"worker-1\",model_name=\"tiny\"}"))
                .isEqualTo(0.25);
        assertThat(value("vidda_refusals_total{reason=\"never_fits\"}")).isEqualTo(3);
    }

    @Test
    void nothingThatAClientChoseIsALabel() {
        assertThat(page).doesNotContain("nobodys").doesNotContain(SECRET);
    }

    @Test
    void promptsAreNeverLogged() {
        assertThat(LOGGED.list.stream().map(ILoggingEvent::getFormattedMessage).toList())
                .noneMatch(line -> line.contains(SECRET));
    }

    private static void names(String expression, Set<String> into) {
        Matcher matcher = NAME.matcher(expression);
        while (matcher.find()) {
            into.add(matcher.group());
        }
    }

    private static Set<String> series() {
        Matcher matcher = SERIES.matcher(page);
        return matcher.results().map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static double value(String series) {
        return page.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + series + " in\n" + page));
    }

    private static Capacity capacity() {
        WorkerReport report = new WorkerReport(
                "worker-1",
                5,
                WorkerState.SERVING,
                new BlockCounts(16, 2, 1),
                new SequenceCounts(3, 0, 1),
                new TokenCounts(100, 10, 50),
                List.of(new StepSample(4, 2, 30, 900)),
                LeaseChanges.NONE,
                Optional.of(new DeviceHealth(50, 200, 1500, 90, 100, 200, false)));
        return new Capacity(
                List.of(new Capacity.WorkerCapacity(TestGateway.card(64), report, 5, 20, 3, 900)),
                List.of(new Capacity.ModelQueue("tiny", 2, 8, 500)),
                new AdmissionCounts(9, 8, Map.of(Refusal.Reason.NEVER_FITS, 3L), 1, 0, 1, 4, 40, 30));
    }
}
