package dev.vidda.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** Sends requests to an OpenAI-compatible server and follows their streams. Safe for many threads. */
final class StreamingClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int OK = 200;
    private static final String DATA = "data:";

    private final HttpClient http;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("request-timeouts").factory());
    private final String server;
    private final RequestOptions options;

    StreamingClient(String server, RequestOptions options) {
        this.server = server;
        this.options = options;
        this.http = client(options.tls());
    }

    private static HttpClient client(Optional<SSLContext> tls) {
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        tls.ifPresent(builder::sslContext);
        return builder.build();
    }

    /**
     * The first model that the server lists.
     *
     * @throws IOException if it lists none, or does not answer as it should
     */
    static String firstModel(String server, Optional<String> apiKey, Optional<SSLContext> tls)
            throws IOException, InterruptedException {
        try (HttpClient http = client(tls)) {
            HttpRequest request = request(server, "/v1/models", apiKey)
                    .timeout(CONNECT_TIMEOUT)
                    .build();
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != OK) {
                    ServerError error = ServerError.read(response.statusCode(), body);
                    throw new IOException("%s/v1/models names no model, but answers %s: %s"
                            .formatted(server, error.kind(), error.message()));
                }
                JsonNode id = JSON.readTree(body).path("data").path(0).path("id");
                if (!id.isTextual()) {
                    throw new IOException("%s/v1/models lists no model".formatted(server));
                }
                return id.textValue();
            }
        } catch (JsonProcessingException e) {
            throw new IOException("%s/v1/models answers something else than JSON".formatted(server), e);
        } catch (SSLException e) {
            throw new IOException(
                    "%s: %s (--ca-cert trusts an authority of your own)".formatted(server, e.getMessage()), e);
        } catch (ConnectException e) {
            throw new IOException("no server answers at " + server, e);
        }
    }

    /**
     * Sends one request and reads its stream to the end.
     *
     * @param abandonAfter closes the stream after so many arrivals of tokens
     * @param onTokens is told how many tokens came, as they come
     */
    Outcome send(Prompt prompt, int abandonAfter, IntConsumer onTokens) throws InterruptedException {
        StreamCheck check = new StreamCheck(prompt);
        long start = System.nanoTime();
        AtomicBoolean late = new AtomicBoolean();
        try {
            HttpRequest request = request(server, prompt.endpoint().path(), options.apiKey())
                    .timeout(options.timeout())
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body(prompt))))
                    .build();
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream stream = response.body()) {
                if (response.statusCode() != OK) {
                    ServerError error = ServerError.read(response.statusCode(), stream);
                    return ended(Outcome.State.REFUSED, error.kind(), error.message(), start, check);
                }
                ScheduledFuture<?> timeout = closeLater(stream, late, start);
                try {
                    boolean abandoned = follow(stream, check, abandonAfter, onTokens);
                    return abandoned
                            ? ended(Outcome.State.ABANDONED, "", start, check)
                            : judged(prompt, start, check, late);
                } finally {
                    timeout.cancel(false);
                }
            }
        } catch (HttpTimeoutException e) {
            return ended(Outcome.State.FAILED, "timeout before the response", start, check);
        } catch (ConnectException e) {
            return ended(Outcome.State.FAILED, "no connection", start, check);
        } catch (IOException e) {
            return brokenOff(e, late, start, check);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        http.close();
    }

    private static HttpRequest.Builder request(String server, String path, Optional<String> apiKey) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(server + path));
        apiKey.ifPresent(key -> builder.header("Authorization", "Bearer " + key));
        return builder;
    }

    private ObjectNode body(Prompt prompt) {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", options.model());
        body.set(prompt.endpoint() == Endpoint.CHAT ? "messages" : "prompt", prompt.content());
        body.put("max_tokens", options.maxTokens());
        body.put("temperature", options.temperature());
        options.seed().ifPresent(seed -> body.put("seed", seed));
        if (options.ignoreEos()) {
            body.put("ignore_eos", true);
        }
        body.put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        body.put("return_token_ids", true);
        return body;
    }

    private ScheduledFuture<?> closeLater(InputStream stream, AtomicBoolean late, long start) {
        long left = options.timeout().toNanos() - (System.nanoTime() - start);
        Runnable close = () -> {
            late.set(true);
            try {
                stream.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        return timer.schedule(close, Math.max(0, left), TimeUnit.NANOSECONDS);
    }

    /** Whether the stream was left before its end. */
    private static boolean follow(InputStream stream, StreamCheck check, int abandonAfter, IntConsumer onTokens)
            throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        int arrivals = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(DATA)) {
                check.event(line.substring(DATA.length()).strip(), System.nanoTime());
                if (check.arrivals() > arrivals) {
                    arrivals = check.arrivals();
                    onTokens.accept(check.lastTokens());
                }
                if (arrivals >= abandonAfter && !check.isDone()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Outcome judged(Prompt prompt, long start, StreamCheck check, AtomicBoolean late) {
        Optional<String> flaw = check.flawAtEnd();
        if (late.get()) {
            return ended(Outcome.State.FAILED, "timeout within the stream", start, check);
        }
        if (flaw.isPresent()) {
            return ended(Outcome.State.INCOMPLETE, flaw.get(), start, check);
        }
        Optional<Boolean> right = prompt.expected().map(expected -> ExpectedAnswer.isRight(expected, check.text()));
        return new Outcome(
                Outcome.State.COMPLETE,
                "",
                "",
                start,
                check.lastNanos(),
                check.promptTokens(),
                check.outputTokens(),
                check.chunks(),
                right);
    }

    private static Outcome brokenOff(IOException error, AtomicBoolean late, long start, StreamCheck check) {
        if (late.get()) {
            return ended(Outcome.State.FAILED, "timeout within the stream", start, check);
        }
        boolean began = !check.chunks().isEmpty();
        String reason = check.flaw().isEmpty() ? "connection broke: " + error.getMessage() : check.flaw();
        return ended(began ? Outcome.State.INCOMPLETE : Outcome.State.FAILED, reason, start, check);
    }

    private static Outcome ended(Outcome.State state, String reason, long start, StreamCheck check) {
        return ended(state, reason, check.errorMessage(), start, check);
    }

    private static Outcome ended(Outcome.State state, String reason, String message, long start, StreamCheck check) {
        return new Outcome(
                state,
                reason,
                message,
                start,
                System.nanoTime(),
                check.promptTokens(),
                check.outputTokens(),
                check.chunks(),
                Optional.empty());
    }
}
