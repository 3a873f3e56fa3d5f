package dev.vidda.gateway.http;

import java.net.http.HttpRequest;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever clients send, there are no more series than before. */
class MetricsCardinalityTest {
    private static final int CLIENTS = 200;

    @Test
    void nothingThatClientsMakeUpMakesSeries() {
        try (TestGateway gateway = TestGateway.start()) {
            send(gateway, 0);
            Set<String> before = series(gateway);
            for (int i = 1; i <= CLIENTS; i++) {
                send(gateway, i);
            }
            assertThat(series(gateway)).isEqualTo(before);
        }
    }

    /** Each request is wrong, so nobody needs to answer it; each in a way of its own. */
    private static void send(TestGateway gateway, int i) {
        gateway.post("/v1/chat/completions", "{'model': 'model-%d', 'user': 'user-%d'}".formatted(i, i));
        gateway.post(
                "/v1/chat/completions",
                "{'model': 'm-%d', 'messages': [{'role': 'user', 'content': 'c-%d'}]}".formatted(i, i));
        gateway.get("/v1/models/model-" + i);
        gateway.get("/path-" + i + "?query=" + i);
        gateway.send(HttpRequest.newBuilder(gateway.uri("/v1/completions"))
                .header("X-Request-Id", "id-" + i)
                .header("x-vidda-tenant", "tenant-" + i)
                .header("User-Agent", "agent-" + i)
                .method("M" + i, HttpRequest.BodyPublishers.noBody())
                .build());
    }

    /** Names with their labels, without values. */
    private static Set<String> series(TestGateway gateway) {
        Set<String> series = new TreeSet<>();
        gateway.get("/metrics")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> series.add(line.substring(0, line.lastIndexOf(' '))));
        assertThat(series).isNotEmpty();
        return series;
    }
}
