package dev.vidda.node.trace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/** What OTLP over HTTP is sent to, on a free port of this machine. */
public final class FakeCollector implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpServer server;
    private final List<CollectedSpan> spans = new ArrayList<>();
    private final List<String> headers = new ArrayList<>();
    private final StringBuilder raw = new StringBuilder();

    public FakeCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::collect);
        server.start();
    }

    private void collect(HttpExchange exchange) throws IOException {
        boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        byte[] body = exchange.getRequestBody().readAllBytes();
        try (InputStream in =
                zipped ? new GZIPInputStream(new ByteArrayInputStream(body)) : new ByteArrayInputStream(body)) {
            body = in.readAllBytes();
        }
        synchronized (this) {
            spans.addAll(OtlpReader.spans(body));
            headers.add(exchange.getRequestHeaders().getFirst("x-collector-key"));
            raw.append(new String(body, StandardCharsets.ISO_8859_1));
            notifyAll();
        }
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    /** Without a path, as the variable {@code OTEL_EXPORTER_OTLP_ENDPOINT} has it. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Waits until the spans so far fulfil {@code enough}. */
    public synchronized List<CollectedSpan> await(Predicate<List<CollectedSpan>> enough) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!enough.test(spans)) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("not in time; so far: " + spans);
            }
            wait(left);
        }
        return List.copyOf(spans);
    }

    /** Everything that came, byte by byte. */
    public synchronized String raw() {
        return raw.toString();
    }

    /** The values of the header {@code x-collector-key}. */
    public synchronized List<String> keys() {
        return List.copyOf(headers);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
