package dev.vidda.gateway.http;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients that send or read as slowly as they can cost little, and only for a while. */
class SlowClientTest {
    private static final String STREAM = RawClient.post("/v1/completions", "{'prompt':'a','stream':true}");
    /** More than the buffers of the operating system take, in few steps. */
    private static final int STEPS = 300;

    private static final Pattern TEXT = Pattern.compile("\"text\":\"([^\"]*)\"");
    private static final int[] LONG_TEXT = TestSequence.ids("abcdefgh".repeat(512));

    @Test
    void aClientThatDoesNotReadIsDroppedAndItsRequestCancelled() throws IOException {
        try (TestGateway gateway = TestGateway.start("vidda.gateway.write-timeout = 300ms");
                RawClient slow = new RawClient(gateway).send(STREAM)) {
            TestSequence sequence = gateway.admit();
            for (int step = 0; step < STEPS; step++) {
                sequence.tokens(0, LONG_TEXT);
            }
            gateway.expectCancel(sequence.id());
            gateway.expectRelease(sequence.id());

            assertThat(gateway.openRequests()).isZero();
            assertThat(slow.untilClosed().join()).doesNotContain("[DONE]");
        }
    }

    @Test
    void oneThatFallsBehindItsBufferIsDroppedWithoutFurtherAdo() throws IOException {
        try (TestGateway gateway =
                        TestGateway.start("vidda.gateway { write-timeout = 1h, stream-buffer = " + STEPS / 2 + " }");
                RawClient slow = new RawClient(gateway).send(STREAM)) {
            TestSequence sequence = gateway.admit();
            for (int step = 0; step < STEPS; step++) {
                sequence.tokens(0, LONG_TEXT);
            }
            gateway.expectCancel(sequence.id());
            gateway.expectRelease(sequence.id());

            assertThat(slow.untilClosed().join()).doesNotContain("[DONE]");
        }
    }

    @Test
    void oneThatReadsLateGetsEveryByte() throws IOException {
        try (TestGateway gateway = TestGateway.start();
                RawClient late = new RawClient(gateway).send(STREAM)) {
            TestSequence sequence = gateway.admit();
            for (int step = 0; step < STEPS; step++) {
                sequence.tokens(0, LONG_TEXT);
            }
            sequence.eos();
            // The hub is done with the request, so all that is left waits for the client.
            gateway.expectRelease(sequence.id());

            assertThat(late.head()).startsWith("HTTP/1.1 200");
            String body = late.chunks();
            assertThat(body).endsWith("data: [DONE]\n\n");
            assertThat(body.split("abcdefgh", -1)).hasSize(STEPS * 512 + 1);
        }
    }

    @Test
    void othersAreServedWhileManyDoNotRead() throws IOException {
        try (TestGateway gateway = TestGateway.start("vidda.gateway.write-timeout = 1h")) {
            try (RawClient first = new RawClient(gateway).send(STREAM);
                    RawClient second = new RawClient(gateway).send(STREAM)) {
                TestSequence one = gateway.admit();
                TestSequence two = gateway.admit();
                for (int step = 0; step < STEPS; step++) {
                    one.tokens(0, LONG_TEXT);
                    two.tokens(0, LONG_TEXT);
                }
                CompletableFuture<String> other =
                        gateway.postAsync("/v1/completions", "{'prompt':'a'}").thenApply(response -> response.body());
                gateway.admit().text("Hello").length(0);

                assertThat(other.join()).contains("Hello");
                assertThat(gateway.openRequests()).isEqualTo(2);
                assertThat(first.head()).contains("200 OK");
                assertThat(second.head()).contains("200 OK");
            }
        }
    }

    @Test
    void aHeadThatComesByteByByteIsCutOffWhileOthersAreServed() throws IOException {
        try (TestGateway gateway = TestGateway.start("vidda.gateway.keep-alive = 500ms");
                RawClient slow = new RawClient(gateway).send("POST /v1/completions HTTP/1.1\r\nX-Slow: ")) {
            assertThat(drip(gateway, slow)).isEmpty();
        }
    }

    @Test
    void aBodyThatComesByteByByteIsCutOffWhileOthersAreServed() throws IOException {
        try (TestGateway gateway = TestGateway.start("vidda.gateway.body-timeout = 500ms");
                RawClient slow = new RawClient(gateway)
                        .send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Content-Length: 1000000\r\n\r\n")) {
            assertThat(drip(gateway, slow)).startsWith("HTTP/1.1 408").contains("request_timeout");
            assertThat(gateway.openRequests()).isZero();
        }
    }

    /** Sends a byte after each request of another client that is answered, until the connection ends. */
    private static String drip(TestGateway gateway, RawClient slow) {
        CompletableFuture<String> closed = slow.untilClosed();
        int served = 0;
        while (!closed.isDone()) {
            assertThat(gateway.get("/livez").statusCode()).isEqualTo(200);
            served++;
            try {
                slow.send("a");
            } catch (IOException e) {
                break;
            }
        }
        assertThat(served).isPositive();
        return closed.join();
    }

    @Test
    void pipelinedStreamsComeOneAfterTheOther() throws IOException {
        try (TestGateway gateway = TestGateway.start();
                RawClient client = new RawClient(gateway).send(STREAM + STREAM + STREAM)) {
            for (int request = 0; request < 3; request++) {
                TestSequence sequence = gateway.admit();
                String word = "answer" + request;
                sequence.text(word).eos();

                assertThat(client.head()).startsWith("HTTP/1.1 200");
                String body = client.chunks();
                assertThat(body).endsWith("data: [DONE]\n\n");
                assertThat(TEXT.matcher(body)
                                .results()
                                .map(found -> found.group(1))
                                .collect(Collectors.joining()))
                        .isEqualTo(word);
                gateway.expectRelease(sequence.id());
            }
        }
    }

    @Test
    void aClientThatWaitsForLeaveToSendItsBodyGetsItsStreamWhole() throws IOException {
        String[] parts = STREAM.split("\r\n\r\n", 2);
        try (TestGateway gateway = TestGateway.start();
                RawClient client = new RawClient(gateway).send(parts[0] + "\r\nExpect: 100-continue\r\n\r\n")) {
            assertThat(client.head()).startsWith("HTTP/1.1 100");
            client.send(parts[1]);
            gateway.admit().text("Hello").eos();

            assertThat(client.head()).startsWith("HTTP/1.1 200");
            assertThat(client.chunks()).contains("H").endsWith("data: [DONE]\n\n");
        }
    }
}
