package dev.vidda.gateway.stream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class LifelineTest {
    private final CompletableFuture<Boolean> lost = new CompletableFuture<>();

    @Test
    void anEndOfTheProcessIsTold() throws IOException {
        ServerSocket server = listen();
        try (Lifeline line = to(server)) {
            Socket accepted = server.accept();
            server.close();
            accepted.close();
            assertThat(lost.join()).isTrue();
            assertThat(line).isNotNull();
        }
    }

    @Test
    void aPortWhereNobodyListensIsTold() throws IOException {
        ServerSocket server = listen();
        server.close();
        try (Lifeline line = to(server)) {
            assertThat(lost.join()).isTrue();
            assertThat(line).isNotNull();
        }
    }

    @Test
    void aConnectionThatEndsAloneIsOpenedAgain() throws IOException {
        try (ServerSocket server = listen();
                Lifeline line = to(server)) {
            server.accept().close();
            try (Socket second = server.accept()) {
                assertThat(second.isConnected()).isTrue();
                assertThat(lost).isNotDone();
                assertThat(line).isNotNull();
            }
        }
    }

    @Test
    void aRelayInFrontOfADeadNodeDoesNotHideIt() throws IOException {
        try (ServerSocket relay = listen();
                Lifeline line = to(relay)) {
            relay.accept().close();
            relay.accept().close();
            assertThat(lost.join()).isTrue();
            assertThat(line).isNotNull();
        }
    }

    @Test
    void nothingIsToldAfterItsEnd() throws IOException {
        ServerSocket server = listen();
        Lifeline line = to(server);
        Socket accepted = server.accept();
        line.close();
        assertThat(accepted.getInputStream().read()).isEqualTo(-1);
        server.close();
        assertThat(lost).isNotDone();
    }

    private Lifeline to(ServerSocket server) {
        return Lifeline.to(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()),
                () -> lost.complete(true));
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    }
}
