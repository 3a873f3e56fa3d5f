package dev.vidda.node.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A chat server that answers with the last user message, reversed, one character an event. */
final class FakeServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch clientLeft = new CountDownLatch(1);

    FakeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/models", exchange -> whole(exchange, 200, "{\"data\":[{\"id\":\"mirror\"}]}"));
        server.createContext("/v1/chat/completions", this::chat);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    List<JsonNode> requests() {
        return requests;
    }

    /** Opens when a client has left an answer that does not end. */
    CountDownLatch clientLeft() {
        return clientLeft;
    }

    private void chat(HttpExchange exchange) throws IOException {
        JsonNode request = new ObjectMapper().readTree(exchange.getRequestBody());
        requests.add(request);
        JsonNode messages = request.path("messages");
        String turn = messages.path(messages.size() - 1).path("content").asText();
        if (turn.equals("refuse")) {
            whole(exchange, 400, "{\"error\":{\"message\":\"the prompt is too long by 7 tokens\"}}");
            return;
        }
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            switch (turn) {
                case "forever" -> forever(out);
                case "fail" -> event(out, "{\"error\":{\"message\":\"the worker is gone\"}}");
                case "break" -> delta(out, "half");
                default -> reversed(out, turn);
            }
        }
    }

    private void forever(OutputStream out) {
        try {
            while (true) {
                delta(out, "ever ");
                comment(out);
            }
        } catch (IOException e) {
            clientLeft.countDown();
        }
    }

    private static void reversed(OutputStream out, String turn) throws IOException {
        for (char c : new StringBuilder(turn).reverse().toString().toCharArray()) {
            delta(out, String.valueOf(c));
        }
        event(out, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}");
        event(out, "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":" + turn.length() + "}}");
        event(out, "[DONE]");
    }

    private static void delta(OutputStream out, String text) throws IOException {
        event(out, "{\"choices\":[{\"delta\":{\"content\":" + new ObjectMapper().writeValueAsString(text) + "}}]}");
    }

    private static void comment(OutputStream out) throws IOException {
        out.write(": ping\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void event(OutputStream out, String data) throws IOException {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void whole(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
