package dev.vidda.node.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client of one server's OpenAI API. One answer at a time; {@link #cancel} may come from any thread. */
public final class ChatClient implements AutoCloseable {
    private final URI base;
    private final Optional<String> apiKey;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /** The answer being given: first its head to come, then its body. */
    private @Nullable CompletableFuture<HttpResponse<InputStream>> head;

    private @Nullable InputStream body;
    private boolean cancelled;

    /** @param base the server's address, with or without {@code /v1} */
    public ChatClient(URI base, Optional<String> apiKey) {
        String text = base.toString().replaceAll("/+$", "");
        this.base = URI.create(text.endsWith("/v1") ? text : text + "/v1");
        if (this.base.getHost() == null) {
            throw new IllegalArgumentException("'" + base + "' is not an address such as http://localhost:8080");
        }
        this.apiKey = apiKey;
    }

    /**
     * The name of the first model that the server offers.
     *
     * @throws ChatException if it has none
     */
    public String firstModel() throws IOException {
        try (InputStream in = send(request("/models").GET().build())) {
            JsonNode id = json.readTree(in).path("data").path(0).path("id");
            if (!id.isTextual()) {
                throw new ChatException(base + " serves no model");
            }
            return id.asText();
        } catch (JsonProcessingException e) {
            throw new ChatException(base + "/models did not answer with JSON: is it an OpenAI-compatible server?");
        } finally {
            end();
        }
    }

    /**
     * Asks for the next turn of a conversation.
     *
     * @param onText given the answer's pieces as they come
     * @throws ChatException with the server's words if it refuses or fails
     */
    public ChatAnswer ask(String model, List<ChatMessage> conversation, ChatOptions options, Consumer<String> onText)
            throws IOException {
        Progress progress = new Progress(onText);
        HttpRequest request = request("/chat/completions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body(model, conversation, options)))
                .build();
        boolean broken;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(send(request), StandardCharsets.UTF_8))) {
            read(lines, progress);
        } catch (ChatException e) {
            throw e;
        } catch (IOException e) {
            if (!isCancelled()) {
                throw new ChatException("the connection broke in the middle of the answer: " + e.getMessage());
            }
        } finally {
            broken = end();
        }
        return progress.answer(broken);
    }

    /** Breaks off the answer that is being given; false if there is none. */
    public synchronized boolean cancel() {
        if (head == null && body == null) {
            return false;
        }
        cancelled = true;
        if (head != null) {
            head.cancel(true);
        }
        if (body != null) {
            try {
                body.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return true;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    /** The answer is over: whether it was cancelled. */
    private synchronized boolean end() {
        boolean was = cancelled;
        head = null;
        body = null;
        cancelled = false;
        return was;
    }

    private void read(BufferedReader lines, Progress progress) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.startsWith("data:")) {
                continue;
            }
            String data = line.substring("data:".length()).strip();
            if (data.equals("[DONE]")) {
                return;
            }
            JsonNode event = json.readTree(data);
            if (event.has("error")) {
                throw new ChatException(event.path("error").path("message").asText("the server broke off the answer"));
            }
            progress.add(event);
        }
        if (!isCancelled()) {
            throw new ChatException("the connection ended in the middle of the answer");
        }
    }

    private byte[] body(String model, List<ChatMessage> conversation, ChatOptions options) throws IOException {
        ObjectNode root = json.createObjectNode();
        root.put("model", model);
        root.put("stream", true);
        root.putObject("stream_options").put("include_usage", true);
        ArrayNode messages = root.putArray("messages");
        options.system().ifPresent(text -> add(messages, new ChatMessage("system", text)));
        conversation.forEach(message -> add(messages, message));
        options.temperature().ifPresent(value -> root.put("temperature", value));
        options.topP().ifPresent(value -> root.put("top_p", value));
        options.maxTokens().ifPresent(value -> root.put("max_completion_tokens", value));
        options.seed().ifPresent(value -> root.put("seed", value));
        return json.writeValueAsBytes(root);
    }

    private static void add(ArrayNode messages, ChatMessage message) {
        messages.addObject().put("role", message.role()).put("content", message.content());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        apiKey.ifPresent(key -> request.header("Authorization", "Bearer " + key));
        return request;
    }

    /** Sends {@code request} and waits for the head of an answer with status 200. */
    private InputStream send(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<InputStream>> coming = http.sendAsync(request, BodyHandlers.ofInputStream());
        synchronized (this) {
            head = coming;
        }
        HttpResponse<InputStream> response = await(coming);
        synchronized (this) {
            head = null;
            body = response.body();
        }
        if (response.statusCode() / 100 == 2) {
            return response.body();
        }
        throw new ChatException("HTTP " + response.statusCode() + ": " + words(response.body()));
    }

    private HttpResponse<InputStream> await(CompletableFuture<HttpResponse<InputStream>> coming) throws IOException {
        try {
            return coming.get();
        } catch (CancellationException e) {
            throw new IOException("cancelled", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConnectException) {
                throw new ChatException("no server answers at " + base);
            }
            throw new ChatException("no answer from " + base + ": " + e.getCause());
        }
    }

    private String words(InputStream error) throws IOException {
        try (error) {
            return json.readTree(error).path("error").path("message").asText("no reason given");
        } catch (JsonProcessingException e) {
            return "the answer is not JSON; is it an OpenAI-compatible server?";
        }
    }

    /** What has come of an answer. */
    private static final class Progress {
        private final Consumer<String> onText;
        private final StringBuilder text = new StringBuilder();
        private final long start = System.nanoTime();
        private long first;
        private String finishReason = "";
        private int promptTokens;
        private int tokens;

        Progress(Consumer<String> onText) {
            this.onText = onText;
        }

        void add(JsonNode event) {
            JsonNode choice = event.path("choices").path(0);
            String piece = choice.path("delta").path("content").asText("");
            if (!piece.isEmpty()) {
                first = first == 0 ? System.nanoTime() : first;
                text.append(piece);
                onText.accept(piece);
            }
            if (choice.path("finish_reason").isTextual()) {
                finishReason = choice.path("finish_reason").asText();
            }
            promptTokens = event.path("usage").path("prompt_tokens").asInt(promptTokens);
            tokens = event.path("usage").path("completion_tokens").asInt(tokens);
        }

        ChatAnswer answer(boolean cancelled) {
            double seconds = (System.nanoTime() - start) / 1e9;
            return new ChatAnswer(
                    text.toString(),
                    cancelled ? ChatAnswer.CANCELLED : finishReason,
                    promptTokens,
                    tokens,
                    first == 0 ? seconds : (first - start) / 1e9,
                    seconds);
        }
    }
}
