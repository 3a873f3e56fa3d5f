package dev.vidda.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An OpenAI endpoint on a free port that streams what a test tells it to. */
final class FakeServer implements AutoCloseable {
    /** After this entry of a script nothing more comes, and the connection stays open. */
    static final String HANG = "hang";

    /** After this entry of a script the connection breaks. */
    static final String CUT = "cut";

    /** From this entry of a script on, the entry before it comes again and again until the client leaves. */
    static final String FOREVER = "forever";

    private static final ObjectMapper JSON = new ObjectMapper();

    final Queue<JsonNode> requests = new ConcurrentLinkedQueue<>();
    final Queue<String> authorizations = new ConcurrentLinkedQueue<>();
    final CountDownLatch clientLeft = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Function<JsonNode, List<String>> script;

    /** @param script the data of each event, for a request's body */
    FakeServer(Function<JsonNode, List<String>> script) throws IOException {
        this(script, 0);
    }

    private FakeServer(Function<JsonNode, List<String>> script, int port) throws IOException {
        this.script = script;
        this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        http.createContext("/health", exchange -> answer(exchange, 200, "{}"));
        http.setExecutor(threads);
        http.createContext("/v1/models", exchange -> answer(exchange, 200, "{\"data\":[{\"id\":\"fake\"}]}"));
        http.createContext("/v1/chat/completions", this::stream);
        http.createContext("/v1/completions", this::stream);
        http.createContext("/busy/v1/", exchange -> answer(exchange, 429, "{\"error\":{\"code\":\"queue_full\"}}"));
        http.createContext(
                "/locked/v1/",
                exchange -> answer(
                        exchange,
                        401,
                        "{\"error\":{\"message\":\"Incorrect API key provided.\",\"type\":\"invalid_request_error\","
                                + "\"param\":null,\"code\":null}}"));
        http.createContext("/html/v1/", exchange -> answer(exchange, 502, "<html>bad gateway</html>"));
        http.start();
    }

    /** As a process of its own. Argument: the port. */
    public static void main(String[] arguments) throws IOException {
        FakeServer server = new FakeServer(request -> chat("Hello"), Integer.parseInt(arguments[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }

    String url() {
        return "http://localhost:" + http.getAddress().getPort();
    }

    @Override
    public void close() {
        closing.countDown();
        http.stop(0);
        threads.close();
    }

    /** The events of a whole chat of one token a word. */
    static List<String> chat(String... words) {
        List<String> events = new ArrayList<>();
        events.add(chunk("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}"));
        for (String word : words) {
            events.add(chunk("{\"index\":0,\"delta\":{\"content\":%s},\"token_ids\":[7],\"finish_reason\":null}"
                    .formatted(quoted(word))));
        }
        events.add(chunk("{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}"));
        events.add(usage(5, words.length));
        events.add("[DONE]");
        return events;
    }

    static String chunk(String choice) {
        return "{\"id\":\"c-1\",\"created\":1,\"choices\":[" + choice + "],\"usage\":null}";
    }

    static String usage(int prompt, int completion) {
        return "{\"id\":\"c-1\",\"created\":1,\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}}"
                .formatted(prompt, completion, prompt + completion);
    }

    private static String quoted(String text) {
        return JSON.getNodeFactory().textNode(text).toString();
    }

    private void stream(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody());
        requests.add(request);
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        String before = "";
        try (OutputStream body = exchange.getResponseBody()) {
            for (String data : script.apply(request)) {
                switch (data) {
                    case HANG -> awaitClosing();
                    case CUT -> throw new IOException("cut");
                    case FOREVER -> {
                        while (true) {
                            write(body, before);
                        }
                    }
                    default -> write(body, data);
                }
                before = data;
            }
        } catch (IOException e) {
            clientLeft.countDown();
            throw e;
        }
    }

    private void awaitClosing() throws IOException {
        try {
            closing.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void write(OutputStream body, String data) throws IOException {
        body.write((": ping\n\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        body.flush();
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }
}
