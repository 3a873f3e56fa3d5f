package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A node with the demo model in this JVM, on a free port, and a client for it. */
final class RunningNode implements AutoCloseable {
    static final Path ROOT = Path.of(System.getProperty("vidda.root", ".."));
    static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_SECONDS = 60;

    private final CompletableFuture<NodeReady> ready = new CompletableFuture<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Node node;

    /** @param overrides configuration over the defaults */
    RunningNode(Map<String, ?> overrides) {
        node = Node.start(settings(overrides), new NodeListener() {
            @Override
            public void loading(long doneBytes, long totalBytes) {}

            @Override
            public void ready(NodeReady state) {
                ready.complete(state);
            }

            @Override
            public void failed(NodeException reason) {
                ready.completeExceptionally(reason);
            }
        });
    }

    static NodeSettings settings(Map<String, ?> overrides) {
        Config all = ConfigFactory.parseMap(overrides)
                .withFallback(ConfigFactory.parseMap(Map.of("vidda.gateway.port", 0)))
                .withFallback(ConfigFactory.defaultApplication());
        return NodeSettings.from(ConfigFactory.load(all), ROOT);
    }

    /** Waits until it serves; throws what went wrong if it cannot. */
    NodeReady ready() throws Exception {
        return ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    HttpResponse<String> get(String path) throws Exception {
        return send("GET", path, "", Map.of());
    }

    JsonNode post(String path, Map<String, ?> body) throws Exception {
        HttpResponse<String> response = send("POST", path, "", body);
        if (response.statusCode() != 200) {
            throw new IOException("HTTP " + response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /**
     * Any request.
     *
     * @param key the caller's; empty for none
     * @param body not sent with GET
     */
    HttpResponse<String> send(String method, String path, String key, Map<String, ?> body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(PATIENCE_SECONDS));
        if (method.equals("GET")) {
            request.GET();
        } else {
            request.header("Content-Type", "application/json").method(method, json(body));
        }
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The stream of an answer's events; closing it closes the connection. */
    InputStream stream(String path, Map<String, ?> body) throws Exception {
        return client.send(request(path, body), HttpResponse.BodyHandlers.ofInputStream())
                .body();
    }

    /** The same, when it begins. */
    CompletableFuture<InputStream> streamLater(String path, Map<String, ?> body) throws Exception {
        return client.sendAsync(request(path, body), HttpResponse.BodyHandlers.ofInputStream())
                .thenApply(HttpResponse::body);
    }

    URI uri(String path) throws Exception {
        return URI.create("http://127.0.0.1:" + ready().address().getPort() + path);
    }

    private HttpRequest request(String path, Map<String, ?> body) throws Exception {
        return HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(json(body))
                .build();
    }

    private static HttpRequest.BodyPublisher json(Map<String, ?> body) throws IOException {
        return HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
    }

    @Override
    public void close() {
        client.shutdownNow();
        try {
            node.stop().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the node did not stop", e);
        }
    }
}
