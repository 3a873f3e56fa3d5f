package dev.vidda.node.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A hub with one repository, {@code owner/model}, that can misbehave. */
public final class FakeHub implements AutoCloseable {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Map<String, String> listedHash = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger breaks = new AtomicInteger();
    private volatile int breakAfter = Integer.MAX_VALUE;
    private volatile boolean knowsRanges = true;
    private volatile int refusal;
    private volatile String errorCode = "";
    private volatile Optional<String> storageHost = Optional.empty();

    /** A request that the server saw. */
    public record Request(String host, String path, Optional<String> range, Optional<String> authorization) {}

    public FakeHub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/api/models/owner/model/revision/", this::list);
        server.createContext("/owner/model/resolve/" + COMMIT + "/", this::resolve);
        server.createContext(
                "/storage/",
                exchange -> send(exchange, exchange.getRequestURI().getPath().substring("/storage/".length())));
        server.start();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public Hub connect(String... token) {
        return new Hub(endpoint(), List.of(token).stream().findFirst(), java.time.Duration.ofSeconds(10));
    }

    public FakeHub with(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    /** The listing will lie about the SHA-256 of {@code path}. */
    void listWrongHash(String path) {
        listedHash.put(path, "00".repeat(32));
    }

    /** The next {@code times} answers end after {@code bytes} bytes of body. */
    void breakConnections(int times, int bytes) {
        breakAfter = bytes;
        breaks.set(times);
    }

    void forgetRanges() {
        knowsRanges = false;
    }

    /** All files are answered with {@code status} from now on. */
    void refuse(int status, String code) {
        refusal = status;
        errorCode = code;
    }

    /** Files are answered with a redirect to the same server under another name. */
    void redirectTo(String host) {
        storageHost = Optional.of(host);
    }

    List<Request> requests() {
        return requests;
    }

    List<String> ranges() {
        return requests.stream().flatMap(request -> request.range().stream()).toList();
    }

    private void list(HttpExchange exchange) throws IOException {
        note(exchange);
        if (refused(exchange)) {
            return;
        }
        StringBuilder siblings = new StringBuilder();
        files.forEach((path, content) -> {
            String sibling = path.endsWith(".safetensors")
                    ? "\"size\":%d,\"blobId\":\"x\",\"lfs\":{\"size\":%d,\"sha256\":\"%s\",\"pointerSize\":134}"
                            .formatted(content.length, content.length, listedHash.getOrDefault(path, sha256(content)))
                    : "\"size\":%d,\"blobId\":\"%s\"".formatted(content.length, gitBlob(content));
            siblings.append(siblings.isEmpty() ? "" : ",")
                    .append("{\"rfilename\":\"" + path.replace("\\", "\\\\") + "\"," + sibling + "}");
        });
        byte[] body = ("{\"id\":\"owner/model\",\"sha\":\"" + COMMIT + "\",\"siblings\":[" + siblings + "]}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private void resolve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().substring(("/owner/model/resolve/" + COMMIT + "/").length());
        if (storageHost.isPresent()) {
            note(exchange);
            exchange.getResponseHeaders()
                    .add(
                            "Location",
                            "http://" + storageHost.get() + ":"
                                    + server.getAddress().getPort() + "/storage/" + path);
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        } else {
            send(exchange, path);
        }
    }

    private void send(HttpExchange exchange, String path) throws IOException {
        note(exchange);
        byte[] content = files.get(path);
        if (content == null || refused(exchange)) {
            return;
        }
        int from = 0;
        int to = content.length;
        int status = 200;
        String range = exchange.getRequestHeaders().getFirst("Range");
        exchange.getResponseHeaders().add("ETag", "\"" + sha256(content) + "\"");
        if (range != null && knowsRanges) {
            Matcher matcher = RANGE.matcher(range);
            if (!matcher.matches()) {
                throw new IOException("bad range " + range);
            }
            from = Integer.parseInt(matcher.group(1));
            to = matcher.group(2).isEmpty() ? to : Integer.parseInt(matcher.group(2)) + 1;
            status = 206;
            exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(status, to - from);
        OutputStream out = exchange.getResponseBody();
        if (to - from > breakAfter && breaks.getAndDecrement() > 0) {
            out.write(content, from, breakAfter);
            out.flush();
            // Closing the exchange before all bytes are written drops the connection.
            exchange.close();
            return;
        }
        out.write(content, from, to - from);
        out.close();
    }

    private boolean refused(HttpExchange exchange) throws IOException {
        if (refusal == 0) {
            return false;
        }
        exchange.getResponseHeaders().add("X-Error-Code", errorCode);
        exchange.sendResponseHeaders(refusal, -1);
        exchange.close();
        return true;
    }

    private void note(HttpExchange exchange) {
        var headers = exchange.getRequestHeaders();
        requests.add(new Request(
                String.valueOf(headers.getFirst("Host")),
                exchange.getRequestURI().getPath(),
                Optional.ofNullable(headers.getFirst("Range")),
                Optional.ofNullable(headers.getFirst("Authorization"))));
    }

    private static String sha256(byte[] content) {
        return hash("SHA-256", new byte[0], content);
    }

    private static String gitBlob(byte[] content) {
        return hash("SHA-1", ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII), content);
    }

    private static String hash(String algorithm, byte[] header, byte[] content) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(header);
            return HexFormat.of().formatHex(digest.digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
