package dev.vidda.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.gateway.security.Exposure;
import dev.vidda.gateway.security.KeyHash;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.ServiceClass;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Keys, tenants and quotas from outside. */
class SecurityTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String LONG = "{'messages':[{'role':'user','content':'" + "abcdefgh".repeat(8) + "'}]";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path directory = Path.of("");

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        Path keys = directory.resolve("keys.conf");
        Files.writeString(
                keys,
                """
                tenants.small { requests-per-minute = 2 }
                tenants.thrifty { tokens-per-minute = 60 }
                tenants.narrow { concurrent = 1, max-context = 100, weight = 3 }
                keys = [
                """
                        + key("a", "tenant = alpha")
                        + key("b", "tenant = beta")
                        + key("s", "tenant = small")
                        + key("t", "tenant = thrifty")
                        + key("n", "tenant = narrow")
                        + key("c", "tenant = gamma, concurrent = 1")
                        + key("admin", "admin = true")
                        + "]");
        gateway = TestGateway.start("vidda.gateway.security.keys-file = \"" + keys + "\"");
    }

    @AfterEach
    void reset() {
        gateway.reset();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/chat/completions", "/v1/completions", "/v1/models", "/v1/models/tiny", "/admin/capacity"})
    void withoutAKeyNothingIsTold(String path) throws IOException {
        HttpResponse<String> response = gateway.get(path);

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(error(response).path("code").asText()).isEqualTo("invalid_api_key");
        assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(response.headers().firstValue("X-Request-Id")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-x", "Bearer ", "Bearer", "Basic sk-a", "sk-a", "Bearer sk-a sk-a"})
    void aWrongKeyIsToldNothing(String authorization) throws IOException {
        HttpResponse<String> response = gateway.send(HttpRequest.newBuilder(gateway.uri("/v1/models"))
                .header("Authorization", authorization)
                .build());

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(error(response).path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(response.body()).doesNotContain("sk-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/health", "/livez", "/readyz", "/version"})
    void probesAndThePageNeedNoKey(String path) {
        assertThat(gateway.get(path).statusCode()).isEqualTo(200);
    }

    @Test
    void aKeyIsTakenFromBothHeaders() {
        assertThat(get("/v1/models", "Authorization", "Bearer sk-a").statusCode())
                .isEqualTo(200);
        assertThat(get("/v1/models", "x-api-key", "sk-a").statusCode()).isEqualTo(200);
    }

    @Test
    void theTenantAndItsTermsReachTheScheduler() {
        CompletableFuture<HttpResponse<String>> response =
                post("n", LONG + ",'vidda':{'class':'interactive','guaranteed':true}}");
        var admit = gateway.expectAdmit();
        AdmissionRequest request = admit.request();
        assertThat(request.tenant().name()).isEqualTo("narrow");
        assertThat(request.tenant().maxContext()).isEqualTo(100);
        assertThat(request.tenant().weight()).isEqualTo(3);
        assertThat(request.serviceClass()).isEqualTo(ServiceClass.INTERACTIVE);
        assertThat(request.guaranteed()).isTrue();
        assertThat(request.patience().arrivedAtMillis()).isPositive();
        gateway.admit(admit).eos();
        assertThat(response.join().statusCode()).isEqualTo(200);
    }

    @Test
    void noTenantFindsAnothersPrefix() {
        AdmissionRequest alpha = admitted("a", LONG + "}");
        AdmissionRequest again = admitted("a", LONG + "}");
        AdmissionRequest beta = admitted("b", LONG + "}");
        AdmissionRequest betaPretends = admitted("b", LONG + ",'cache_salt':'5:alpha'}");

        assertThat(alpha.prefixHashes()).isNotEmpty().isEqualTo(again.prefixHashes());
        assertThat(beta.prefixHashes()).doesNotContainAnyElementsOf(alpha.prefixHashes());
        assertThat(betaPretends.prefixHashes()).doesNotContainAnyElementsOf(alpha.prefixHashes());
    }

    @Test
    void theThirdRequestOfAMinuteIsRefusedWithTheTimeToComeBack() throws IOException {
        admitted("s", LONG + "}");
        admitted("s", LONG + "}");
        HttpResponse<String> third = post("s", LONG + "}").join();

        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(error(third).path("type").asText()).isEqualTo("rate_limit_error");
        assertThat(error(third).path("code").asText()).isEqualTo("rate_limit_exceeded");
        assertThat(error(third).path("message").asText()).contains("2 requests a minute");
        assertThat(Integer.parseInt(third.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(25, 30);
    }

    @Test
    void tokensCountAndARequestOverTheLimitNeverReachesTheScheduler() {
        admitted("t", LONG + "}");
        HttpResponse<String> second = post("t", LONG + "}").join();

        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.body()).contains("60 tokens a minute");
        gateway.scheduler.expectNoMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "c"})
    void aSecondStreamIsRefusedWhileTheFirstRunsAndTakenWhenItIsOver(String key) throws IOException {
        CompletableFuture<HttpResponse<InputStream>> first = gateway.sendAsync(request(key, LONG + ",'stream':true}"));
        TestSequence sequence = gateway.admit();
        InputStream stream = first.join().body();
        assertThat(post(key, LONG + "}").join().statusCode()).isEqualTo(429);

        sequence.text("x").eos();
        assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8)).endsWith("data: [DONE]\n\n");
        awaitPlace(key);
    }

    @Test
    void aClientThatLeavesFreesItsPlace() throws IOException {
        CompletableFuture<HttpResponse<InputStream>> first = gateway.sendAsync(request("c", LONG + ",'stream':true}"));
        TestSequence sequence = gateway.admit();
        first.join().body().close();
        gateway.expectCancel(sequence.id());

        awaitPlace("c");
    }

    @Test
    void anApiKeyOpensNoAdminAddressAndAnAdminKeyGeneratesNothing() throws IOException {
        HttpResponse<String> admin = get("/admin/capacity", "Authorization", "Bearer sk-a");
        HttpResponse<String> generate = post("admin", LONG + "}").join();

        assertThat(admin.statusCode()).isEqualTo(403);
        assertThat(generate.statusCode()).isEqualTo(403);
        assertThat(error(admin).path("type").asText()).isEqualTo("permission_error");
        assertThat(error(generate).path("type").asText()).isEqualTo("permission_error");
    }

    @Test
    void noOtherSiteMayCall() {
        HttpResponse<String> preflight = gateway.send(HttpRequest.newBuilder(gateway.uri(CHAT))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", "https://elsewhere.example")
                .header("Access-Control-Request-Method", "POST")
                .build());

        assertThat(preflight.statusCode()).isBetween(400, 499);
        assertThat(preflight.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
    }

    @Test
    void withoutKeysNoOtherMachineIsLetIn() {
        var config = ConfigFactory.parseString("vidda.gateway { host = \"0.0.0.0\", port = 0 }")
                .withFallback(ConfigFactory.load());
        var start = GatewayServer.start(
                gateway.kit.system(),
                GatewaySettings.from(config),
                gateway.kit.createTestProbe(SchedulerCommand.class).ref(),
                Set.of());

        assertThatThrownBy(() -> start.toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(Exposure.InsecureException.class)
                .hasMessageContaining("0.0.0.0")
                .hasMessageContaining("VIDDA_API_KEYS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"security.insecure = true", "security.api-keys = \"one, two\""})
    void aServerThatIsMeantToBeOpenIs(String setting) {
        var config = ConfigFactory.parseString("vidda.gateway { host = \"0.0.0.0\", port = 0, " + setting + " }")
                .withFallback(ConfigFactory.load());
        GatewayServer server = GatewayServer.start(
                        gateway.kit.system(),
                        GatewaySettings.from(config),
                        gateway.kit.createTestProbe(SchedulerCommand.class).ref(),
                        Set.of())
                .toCompletableFuture()
                .join();

        assertThat(server.address().getPort()).isPositive();
        server.stop().toCompletableFuture().join();
    }

    /** A request that is wrong in itself is let in, and refused for what it is, when there is a place. */
    private static void awaitPlace(String key) {
        gateway.scheduler.awaitAssert(() -> {
            assertThat(post(key, "{}").join().statusCode()).isEqualTo(400);
            return null;
        });
    }

    private static AdmissionRequest admitted(String key, String json) {
        CompletableFuture<HttpResponse<String>> response = post(key, json);
        var admit = gateway.expectAdmit();
        gateway.admit(admit).eos();
        assertThat(response.join().statusCode()).as(response.join().body()).isEqualTo(200);
        gateway.scheduler.expectMessageClass(SchedulerCommand.Release.class);
        return admit.request();
    }

    private static String key(String name, String rest) {
        return "{ name = %s, sha256 = \"%s\", %s }%n"
                .formatted(name, KeyHash.of("sk-" + name).hex(), rest);
    }

    private static HttpResponse<String> get(String path, String header, String value) {
        return gateway.send(
                HttpRequest.newBuilder(gateway.uri(path)).header(header, value).build());
    }

    private static CompletableFuture<HttpResponse<String>> post(String key, String json) {
        return gateway.sendForText(request(key, json));
    }

    private static HttpRequest request(String key, String json) {
        return gateway.request(CHAT, json, Map.of("Authorization", "Bearer sk-" + key));
    }

    private static JsonNode error(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body()).path("error");
    }
}
