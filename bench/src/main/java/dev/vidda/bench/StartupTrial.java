package dev.vidda.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Starts a server's process, waits for each step of its way up, and stops it. */
final class StartupTrial implements AutoCloseable {
    private static final int POLL_MILLIS = 2;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int LAST_WORDS = 2000;
    private static final String PROMPT = "Solve 3x + 5 = 20.";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Path output;
    private final InetSocketAddress address;
    private final Duration timeout;
    private final long started;
    private final HttpClient client = HttpClient.newHttpClient();

    private StartupTrial(Process process, Path output, InetSocketAddress address, Duration timeout, long started) {
        this.process = process;
        this.output = output;
        this.address = address;
        this.timeout = timeout;
        this.started = started;
    }

    /**
     * Runs the server once.
     *
     * @param timeout for the way up, and again for the way down
     * @throws IOException if it does not come up, with its last words
     */
    static StartupTimes run(List<String> command, int port, Optional<String> model, Duration timeout)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("startup", ".log");
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        long started = System.nanoTime();
        try (StartupTrial trial = new StartupTrial(builder.start(), output, address, timeout, started)) {
            double listening = trial.until("take connections", trial::listens);
            double ready = trial.until("be ready", trial::isReady);
            double first = trial.firstToken(model);
            return new StartupTimes(listening, ready, first, trial.stop());
        } finally {
            Files.delete(output);
        }
    }

    private double until(String what, BooleanSupplier reached) throws IOException, InterruptedException {
        while (!reached.getAsBoolean()) {
            if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("the server ended with exit code " + process.exitValue() + ": " + lastWords());
            }
            if (elapsed() > timeout.toMillis()) {
                throw new IOException(
                        "the server did not " + what + " within " + timeout.toSeconds() + " s: " + lastWords());
            }
        }
        return elapsed();
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isReady() {
        try {
            return client.send(request("/health").build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private double firstToken(Optional<String> model) throws IOException, InterruptedException {
        String name =
                model.isPresent() ? model.get() : StreamingClient.firstModel(url(), Optional.empty(), Optional.empty());
        String body = JSON.createObjectNode()
                .put("model", name)
                .put("stream", true)
                .put("max_tokens", 16)
                .put("temperature", 0)
                .set(
                        "messages",
                        JSON.createArrayNode()
                                .add(JSON.createObjectNode().put("role", "user").put("content", PROMPT)))
                .toString();
        HttpRequest chat = request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<Stream<String>> response = client.send(chat, HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            if (response.statusCode() != 200 || lines.noneMatch(StartupTrial::hasText)) {
                throw new IOException("the server gave no token; its status was " + response.statusCode());
            }
            return elapsed();
        } catch (UncheckedIOException e) {
            throw new IOException("the stream broke off before its first token", e);
        }
    }

    private static boolean hasText(String line) {
        if (!line.startsWith("data: {")) {
            return false;
        }
        try {
            JsonNode delta = JSON.readTree(line.substring("data: ".length())).at("/choices/0/delta");
            return !delta.path("content").asText("").isEmpty()
                    || !delta.path("reasoning_content").asText("").isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double stop() throws IOException, InterruptedException {
        long asked = System.nanoTime();
        process.destroy();
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("the server did not stop within " + timeout.toSeconds() + " s");
        }
        return (System.nanoTime() - asked) / NANOS_PER_MILLI;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path)).timeout(timeout);
    }

    private String url() {
        return "http://localhost:" + address.getPort();
    }

    private double elapsed() {
        return (System.nanoTime() - started) / NANOS_PER_MILLI;
    }

    private String lastWords() throws IOException {
        String words = Files.readString(output).strip();
        return words.substring(Math.max(0, words.length() - LAST_WORDS));
    }

    /** Ends what was not stopped. */
    @Override
    public void close() {
        process.destroyForcibly();
        client.shutdownNow();
    }
}
