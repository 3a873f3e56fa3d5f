package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.gateway.security.KeyHash;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two tenants at one worker. That a prefix of one never serves the other is seen in the count of cached tokens rather than in
 * times: what was not found had to be computed.
 */
@Timeout(120)
final class TenantsTest {
    private static final String PROMPT = "a secret that is long enough to fill blocks: " + "red green blue ".repeat(12);
    private static final int BLOCK = 16;

    @TempDir
    private static Path directory = Path.of("");

    private static RunningNode node;

    @BeforeAll
    static void start() throws Exception {
        Path keys = directory.resolve("keys.conf");
        Files.writeString(keys, """
                tenants.narrow { max-context = 24 }
                keys = [
                  { name = a, sha256 = "%s", tenant = alpha }
                  { name = a2, sha256 = "%s", tenant = alpha }
                  { name = b, sha256 = "%s", tenant = beta }
                  { name = n, sha256 = "%s", tenant = narrow }
                ]
                """.formatted(hash("a"), hash("a2"), hash("b"), hash("n")));
        node = new RunningNode(Map.of("vidda.gateway.security.keys-file", keys.toString()));
        node.ready();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aPrefixServesItsOwnTenantAndNobodyElse() throws Exception {
        assertThat(cached("a", Map.of("prompt", PROMPT))).isZero();
        assertThat(cached("a2", Map.of("prompt", PROMPT))).isGreaterThanOrEqualTo(BLOCK);

        assertThat(cached("b", Map.of("prompt", PROMPT))).isZero();
        for (String guess : new String[] {"alpha", "5:alpha", "4:beta5:alpha"}) {
            assertThat(cached("b", Map.of("prompt", PROMPT, "cache_salt", guess)))
                    .as(guess)
                    .isZero();
        }
        assertThat(cached("b", Map.of("prompt", PROMPT))).isGreaterThanOrEqualTo(BLOCK);
    }

    @Test
    void aTenantsLongestContextHolds() throws Exception {
        assertThat(complete("n", Map.of("prompt", "short")).statusCode()).isEqualTo(200);

        HttpResponse<String> refused = complete("n", Map.of("prompt", "Not " + PROMPT));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
        JsonNode error = RunningNode.JSON.readTree(refused.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("tenant_limit_exceeded");
        assertThat(error.path("type").asText()).isEqualTo("permission_error");
        assertThat(error.path("message").asText()).contains("24");
        assertThat(complete("a", Map.of("prompt", "Not " + PROMPT)).statusCode())
                .isEqualTo(200);
    }

    private static int cached(String key, Map<String, ?> body) throws Exception {
        HttpResponse<String> response = complete(key, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningNode.JSON
                .readTree(response.body())
                .at("/usage/prompt_tokens_details/cached_tokens")
                .asInt();
    }

    private static HttpResponse<String> complete(String key, Map<String, ?> body) throws Exception {
        Map<String, Object> all = new HashMap<>(body);
        all.put("max_tokens", 1);
        return node.send("POST", "/v1/completions", "sk-" + key, all);
    }

    private static String hash(String key) {
        return KeyHash.of("sk-" + key).hex();
    }
}
