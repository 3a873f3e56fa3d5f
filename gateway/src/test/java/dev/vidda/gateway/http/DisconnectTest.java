package dev.vidda.gateway.http;

import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.SchedulerCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A client that leaves frees its request at once, whatever the request is doing. */
class DisconnectTest {
    @RegisterExtension
    private static final TestGateway gateway = TestGateway.start();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void duringASilentPrefillTheWorkerIsToldToStop(boolean stream) throws IOException {
        try (Socket socket = request(stream)) {
            TestSequence sequence = gateway.admit();
            socket.close();

            gateway.expectCancel(sequence.id());
            gateway.expectRelease(sequence.id());
        }
        assertThat(gateway.openRequests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withAResetInsteadOfAGoodbyeToo(boolean stream) throws IOException {
        try (Socket socket = request(stream)) {
            TestSequence sequence = gateway.admit();
            socket.setSoLinger(true, 0);
            socket.close();

            gateway.expectCancel(sequence.id());
            gateway.expectRelease(sequence.id());
        }
        assertThat(gateway.openRequests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whileWaitingInLineOnlyTheSchedulerIsTold(boolean stream) throws IOException {
        try (Socket socket = request(stream)) {
            SchedulerCommand.Admit admit = gateway.expectAdmit();
            admit.replyTo().tell(new AdmissionReply.Queued(admit.request().id(), 3, -1));
            socket.close();

            gateway.expectRelease(admit.request().id());
        }
        assertThat(gateway.openRequests()).isZero();
        gateway.worker.expectNoMessage(Duration.ZERO);
    }

    @Test
    void anAdmissionThatCrossesTheGoodbyeStartsNothing() throws IOException {
        try (Socket socket = request(true)) {
            SchedulerCommand.Admit admit = gateway.expectAdmit();
            socket.close();
            gateway.expectRelease(admit.request().id());
            var lease = new Lease(admit.request().id(), "worker-1", 1);
            admit.replyTo().tell(new AdmissionReply.Admitted(lease, gateway.worker.ref()));
        }
        assertThat(gateway.openRequests()).isZero();
        gateway.worker.expectNoMessage(Duration.ZERO);
        gateway.scheduler.expectNoMessage(Duration.ZERO);
    }

    @Test
    void amidTokensTheWorkerIsToldToStop() throws IOException {
        try (Socket socket = request(true)) {
            TestSequence sequence = gateway.admit();
            sequence.text("Hello");
            assertThat(readUntil(socket, "Hello")).contains("200 OK").contains("data: ");
            socket.close();

            gateway.expectCancel(sequence.id());
            gateway.expectRelease(sequence.id());
        }
    }

    @Test
    void aClientThatAsksToCloseTheConnectionStillGetsItsWholeAnswer() throws IOException {
        try (Socket socket = request(true, "Connection: close\r\n")) {
            TestSequence sequence = gateway.admit();
            sequence.text("Hello");
            String begun = readUntil(socket, "Hello");
            sequence.text(" w").eos();
            String rest = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(begun + rest).contains("[DONE]");
            gateway.expectRelease(sequence.id());
        }
    }

    @Test
    void oneConnectionServesManyRequestsAndNoticesTheLastClientLeaving() throws IOException {
        try (Socket socket = request(true)) {
            TestSequence first = gateway.admit();
            first.text("Hello").eos();
            readUntil(socket, "\r\n0\r\n\r\n");
            gateway.expectRelease(first.id());
            send(socket, false, "");
            TestSequence second = gateway.admit();
            second.text("Hello").eos();
            readUntil(socket, "usage");
            gateway.expectRelease(second.id());
            send(socket, true, "");
            TestSequence third = gateway.admit();
            socket.close();

            gateway.expectCancel(third.id());
            gateway.expectRelease(third.id());
        }
    }

    @Test
    void oldClientsGetTheirStreamToo() throws IOException {
        String body = "{\"prompt\":\"Hi\",\"stream\":true}";
        try (Socket socket = new Socket("127.0.0.1", gateway.server.address().getPort())) {
            write(
                    socket,
                    "POST /v1/completions HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body);
            TestSequence sequence = gateway.admit();
            sequence.text("Hello").eos();

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("200 OK")
                    .endsWith("data: [DONE]\n\n");
        }
    }

    private static Socket request(boolean stream) throws IOException {
        return request(stream, "");
    }

    private static Socket request(boolean stream, String headers) throws IOException {
        Socket socket = new Socket("127.0.0.1", gateway.server.address().getPort());
        socket.setSoTimeout(10_000);
        send(socket, stream, headers);
        return socket;
    }

    private static void send(Socket socket, boolean stream, String headers) throws IOException {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"stream\":" + stream + "}";
        write(
                socket,
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n" + headers
                        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String readUntil(Socket socket, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("the connection ended after: " + text);
            }
            text.append((char) next);
        }
        return text.toString();
    }
}
