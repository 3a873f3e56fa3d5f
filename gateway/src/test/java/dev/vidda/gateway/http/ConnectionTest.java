package dev.vidda.gateway.http;

import dev.vidda.gateway.openai.ServedModel;
import dev.vidda.gateway.text.ModelText;
import dev.vidda.gateway.text.TokenTable;
import dev.vidda.gateway.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What one connection may cost, and what it must not do to others. */
class ConnectionTest {
    @Test
    void aConnectionWithoutARequestIsClosedAfterAWhile() throws IOException {
        try (TestGateway gateway = TestGateway.start("vidda.gateway.keep-alive = 200ms");
                Socket idle = connect(gateway);
                Socket slow = connect(gateway)) {
            slow.getOutputStream().write("POST /v1/compl".getBytes(StandardCharsets.UTF_8));

            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            assertThat(slow.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aRequestThatWaitsLongerThanTheKeepAliveTimeIsAnswered() {
        try (TestGateway gateway = TestGateway.start("vidda.gateway.keep-alive = 1s")) {
            var response = gateway.postAsync("/v1/completions", "{'prompt':'a','stream':true}");
            TestSequence sequence = gateway.admit();
            var again = gateway.postAsync("/v1/completions", "{'prompt':'a','max_tokens':2}");
            TestSequence second = gateway.admit();
            // Longer than the time for keeping idle connections, as shown by one that is closed meanwhile.
            try (Socket idle = connect(gateway)) {
                assertThat(idle.getInputStream().read()).isEqualTo(-1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            second.text("Hello").length(0);
            sequence.text("Hello").eos();

            assertThat(again.join().body()).contains("Hello");
            assertThat(response.join().body()).contains("Hello").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aWriteTimeoutBeyondWhatTheSystemCountsToIsTaken() {
        try (TestGateway gateway = TestGateway.start("vidda.gateway.write-timeout = 30d")) {
            assertThat(gateway.get("/livez").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aSilentStreamSendsCommentsThatKeepItOpen() throws IOException {
        try (TestGateway gateway = TestGateway.start("vidda.gateway.ping-interval = 20ms")) {
            var response = gateway.openAsync("/v1/completions", "{'prompt':'a','stream':true}");
            TestSequence sequence = gateway.admit();
            InputStream body = response.join().body();

            assertThat(new String(body.readNBytes(16), StandardCharsets.UTF_8)).isEqualTo(": ping\n\n: ping\n\n");
            sequence.text("Hello").eos();
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aBodyThatDoesNotArriveIs408() throws IOException {
        try (TestGateway gateway = TestGateway.start("vidda.gateway.body-timeout = 200ms");
                Socket socket = connect(gateway)) {
            socket.getOutputStream()
                    .write(("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: 50\r\n\r\n{\"prompt\"")
                            .getBytes(StandardCharsets.UTF_8));

            assertThat(new String(socket.getInputStream().readNBytes(400), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 408")
                    .contains("request_timeout");
        }
    }

    @Test
    void aHugePromptDoesNotHoldUpShortOnes() {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (TestGateway gateway = TestGateway.start("vidda.gateway.large-body = 1KiB")) {
            gateway.server.serve(new ServedModel(TestGateway.MODEL, slowOnLongTexts(reached, go), 0));
            String huge = "{'prompt':'" + "a".repeat(2000) + "','max_tokens':1}";
            for (int i = 0; i < 20; i++) {
                var unused = gateway.postAsync("/v1/completions", huge);
            }
            await(reached);
            var small = gateway.postAsync("/v1/completions", "{'prompt':'a'}");
            gateway.admit().text("Hello").length(0);

            assertThat(small.join().body()).contains("Hello");
            go.countDown();
        }
    }

    private static ModelText slowOnLongTexts(CountDownLatch reached, CountDownLatch go) {
        ModelText text = TestGateway.TEXT;
        Tokenizer slow = new Tokenizer() {
            @Override
            public int[] encode(String prompt, boolean addSpecialTokens) {
                if (prompt.length() > 1000) {
                    reached.countDown();
                    await(go);
                }
                return text.tokenizer().encode(prompt, addSpecialTokens);
            }

            @Override
            public TokenTable tokens() {
                return text.tokenizer().tokens();
            }

            @Override
            public void close() {}
        };
        return new ModelText(
                slow, text.chatTemplate(), text.bosId(), text.eosIds(), text.defaults(), text.maxPositions());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Socket connect(TestGateway gateway) throws IOException {
        Socket socket = new Socket("127.0.0.1", gateway.server.address().getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }
}
