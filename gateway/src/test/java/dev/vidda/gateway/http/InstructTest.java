package dev.vidda.gateway.http;

import dev.vidda.gateway.instruct.Frames;
import dev.vidda.protocol.Sampling;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class InstructTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @RegisterExtension
    private static final TestGateway gateway = TestGateway.start();

    @AfterAll
    static void stop() {
        CLIENT.close();
    }

    @Test
    void textGoesInAndTextComesOut() {
        var response =
                ask("?temperature=0.5&top_k=3&seed=7&max_tokens=100000&stop=%23&stream=false", "Hi", "text/plain");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello").text(" w").eos();
        Sampling sampling = sequence.start().request().sampling();

        assertThat(text(response)).isEqualTo("Hello w");
        assertThat(response.join().headers().firstValue("X-Completion-Tokens")).hasValue("3");
        assertThat(response.join().headers().firstValue("X-Finish-Reason")).hasValue("stop");
        assertThat(sampling.temperature()).isEqualTo(0.5f);
        assertThat(sampling.topK()).isEqualTo(3);
        assertThat(sampling.seed()).isEqualTo(7);
        assertThat(sampling.maxTokens()).isLessThan(2000);
        assertThat(prompt(sequence)).isEqualTo("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
    }

    @Test
    void aSystemMessageOrNoTemplateAtAllIsPossible() {
        var response = ask("?system=Be%20short", "Hi", "text/plain");
        TestSequence first = gateway.admit();
        first.eos();
        response.join();
        assertThat(prompt(first)).startsWith("<|im_start|>system\nBe short<|im_end|>");
        gateway.reset();
        var raw = ask("?raw=true", "Hi", "text/plain");
        TestSequence second = gateway.admit();
        second.eos();
        raw.join();
        assertThat(prompt(second)).isEqualTo("Hi");
    }

    @Test
    void usageStandsInTheTrailer() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", gateway.server.address().getPort())) {
            socket.getOutputStream()
                    .write(("POST /v1/qwen3/instruct HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                                    + "Content-Length: 2\r\n\r\nHi")
                            .getBytes(StandardCharsets.US_ASCII));
            gateway.admit().text("Hello").length(0);
            String response = readUntil(socket.getInputStream(), "X-Completion-Tokens: 1\r\n\r\n");
            assertThat(response)
                    .contains("Trailer: X-Finish-Reason")
                    .contains("Hello")
                    .contains("X-Finish-Reason: length");
        }
    }

    @Test
    void severalPromptsAreAnsweredInFrames() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(body);
        for (String prompt : List.of("one", "zwei \u00fc")) {
            byte[] bytes = prompt.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
        CompletableFuture<HttpResponse<byte[]>> response = ask("", body.toByteArray(), "application/x-vidda-frames");
        TestSequence first = gateway.admit();
        TestSequence second = gateway.admit();
        second.text("Hello").eos();
        first.text(" w").length(0);

        List<String> frames = new ArrayList<>();
        DataInputStream in = new DataInputStream(
                new java.io.ByteArrayInputStream(response.join().body()));
        while (in.available() > 0) {
            int kind = in.readByte();
            int prompt = in.readInt();
            frames.add(kind + " " + prompt + " " + new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
        }
        assertThat(prompt(second)).contains("zwei \u00fc");
        assertThat(frames.stream().filter(frame -> frame.startsWith("0")))
                .containsExactlyInAnyOrder("0 1 Hello", "0 0  w");
        assertThat(frames.stream().filter(frame -> frame.startsWith("1")))
                .hasSize(2)
                .anyMatch(frame -> frame.startsWith("1 0 length "));
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThat(ask("?temprature=1", "Hi", "text/plain").join().body()).contains("temprature");
        assertThat(ask("?temperature=hot", "Hi", "text/plain").join().statusCode())
                .isEqualTo(400);
        assertThat(ask("", "", "text/plain").join().statusCode()).isEqualTo(400);
        assertThat(ask("?model=none", "Hi", "text/plain").join().statusCode()).isEqualTo(404);
        for (byte[] bad : new byte[][] {{0, 0}, {0, 0, 0, 9, 1}, {0, 0, 0, 1, (byte) 0xff}, {-1, -1, -1, -1}}) {
            assertThatThrownBy(() -> Frames.prompts(bad, 9)).hasMessageContaining("body");
        }
    }

    private static String prompt(TestSequence sequence) {
        return TestGateway.TEXT
                .tokenizer()
                .decode(sequence.start().request().prompt().toArray(), false);
    }

    private static CompletableFuture<HttpResponse<String>> ask(String query, String body, String type) {
        return CLIENT.sendAsync(
                request(query, body.getBytes(StandardCharsets.UTF_8), type), HttpResponse.BodyHandlers.ofString());
    }

    private static CompletableFuture<HttpResponse<byte[]>> ask(String query, byte[] body, String type) {
        return CLIENT.sendAsync(request(query, body, type), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static HttpRequest request(String query, byte[] body, String type) {
        URI uri = URI.create("http://127.0.0.1:" + gateway.server.address().getPort() + "/v1/qwen3/instruct" + query);
        return HttpRequest.newBuilder(uri)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private static String text(CompletableFuture<HttpResponse<String>> response) {
        assertThat(response.join().statusCode()).as(response.join().body()).isEqualTo(200);
        return response.join().body();
    }

    private static String readUntil(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            text.append((char) c);
            if (text.toString().endsWith(end)) {
                break;
            }
        }
        return text.toString();
    }
}
