package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** The same as in {@link WorkerLoadTest}, with the receptionist of a cluster between gateway and worker. */
@Timeout(120)
final class ClusterLoadTest {
    @Test
    void aWorkerOfAClusterGetsAnotherModel() throws Exception {
        String address = "127.0.0.1:" + freePort();
        try (RunningNode node = new RunningNode(Map.of(
                        "vidda.node.cluster.enabled",
                        true,
                        "vidda.node.cluster.address",
                        address,
                        "vidda.node.cluster.seed-nodes",
                        List.of(address),
                        "vidda.node.worker-id",
                        "w",
                        "vidda.node.model.name",
                        "first",
                        "vidda.node.models",
                        Map.of("first", "models/demo", "second", "models/demo")));
                HttpClient client = HttpClient.newHttpClient()) {
            node.ready();
            HttpRequest load = HttpRequest.newBuilder(node.uri("/admin/workers/w/load"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"model\": \"second\"}"))
                    .build();
            int status =
                    client.send(load, HttpResponse.BodyHandlers.discarding()).statusCode();
            while (status == 404) {
                // The cluster's receptionist tells a moment later.
                status = client.send(load, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
            }
            assertThat(status).isEqualTo(202);
            JsonNode served;
            do {
                served =
                        RunningNode.JSON.readTree(node.get("/v1/models").body()).path("data");
            } while (!served.findValuesAsText("id").contains("second"));
            Map<String, ?> body = Map.of("model", "second", "prompt", "a", "max_tokens", 1);
            assertThat(node.post("/v1/completions", body).path("model").asText())
                    .isEqualTo("second");
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
