package dev.vidda.gateway.http;

import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.Refusal;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Ten thousand malformed requests: each gets an answer of its own or a closed connection, and nothing stays behind. */
@Timeout(600)
class MalformedRequestsTest {
    private static final int REQUESTS = 10_000;
    private static final int CONNECTIONS = 8;
    private static final int PATIENCE_MILLIS = 60_000;
    private static final String VALID = "{'messages':[{'role':'user','content':'Hi'}]}";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("vidda.gateway.keep-alive = 2s");
        // What turns out to be valid finds a full line.
        gateway.answerAdmissions(admit -> new AdmissionReply.Refused(
                admit.request().id(), new Refusal(Refusal.Reason.QUEUE_FULL, "full", 1000, 0, 0, 0)));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void noneIsAnsweredWithAnErrorOfTheServersOwn() throws Exception {
        List<Callable<Map<Integer, Integer>>> clients = new ArrayList<>();
        for (int client = 0; client < CONNECTIONS; client++) {
            int first = client;
            clients.add(() -> {
                Map<Integer, Integer> statuses = new TreeMap<>();
                for (int seed = first; seed < REQUESTS; seed += CONNECTIONS) {
                    int status = send(seed);
                    assertThat(status).as("seed " + seed).isNotEqualTo(500);
                    statuses.merge(status, 1, Integer::sum);
                    if (seed % 500 == first) {
                        assertThat(sendValid())
                                .as("a valid request after seed " + seed)
                                .isEqualTo(429);
                    }
                }
                return statuses;
            });
        }
        Map<Integer, Integer> statuses = new TreeMap<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            for (Future<Map<Integer, Integer>> client : threads.invokeAll(clients)) {
                client.get().forEach((status, count) -> statuses.merge(status, count, Integer::sum));
            }
        }
        assertThat(statuses).as("by status").containsKeys(400, 404, 405, 415, 429);
        assertThat(gateway.openRequests()).as("requests left behind").isZero();
        assertThat(sendValid()).isEqualTo(429);
    }

    /** On a connection of its own: one that is kept for later may be closed by the server just when it is used again. */
    private static int sendValid() throws IOException {
        String request = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + VALID.length() + "\r\n\r\n" + VALID.replace('\'', '"');
        return send(
                "a valid request", new MalformedRequests.Malformed(request.getBytes(StandardCharsets.UTF_8), false));
    }

    private static int send(long seed) throws IOException {
        return send("seed " + seed, new MalformedRequests(seed).next());
    }

    /** Returns the status, or 0 for a connection that was closed without an answer. */
    private static int send(String name, MalformedRequests.Malformed request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", gateway.server.address().getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request.bytes());
            if (request.keepsSending()) {
                socket.shutdownOutput();
            }
            byte[] head = socket.getInputStream().readNBytes(12);
            String line = new String(head, StandardCharsets.ISO_8859_1);
            return line.startsWith("HTTP/1.1 ") ? Integer.parseInt(line.substring(9, 12)) : 0;
        } catch (SocketTimeoutException e) {
            throw new AssertionError(name + " got no answer: " + printable(request.bytes()), e);
        } catch (SocketException e) {
            // Reset while it was still being sent to.
            return 0;
        }
    }

    private static String printable(byte[] bytes) {
        return new String(bytes, 0, Math.min(bytes.length, 300), StandardCharsets.ISO_8859_1);
    }
}
