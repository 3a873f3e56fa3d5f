package dev.vidda.gateway.socket;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** That the system then cuts a vanished client off is shown by e2e/cluster/run clients. */
class UserTimeoutTest {
    private static final Duration TIMEOUT = Duration.ofMillis(12_345);

    @Test
    void connectionsHaveTheTimeoutOfTheSocketThatAcceptedThem() throws IOException {
        assumeTrue(UserTimeout.isSupported());
        UserTimeout timeout = new UserTimeout();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = server.getLocalPort();
            assertThat(timeout.get(port)).containsExactly(Duration.ZERO);

            timeout.set(port, TIMEOUT);
            try (Socket client = new Socket(server.getInetAddress(), port);
                    Socket accepted = server.accept()) {
                assertThat(timeout.get(port)).containsExactly(TIMEOUT, TIMEOUT);
                assertThat(timeout.get(client.getLocalPort()))
                        .as("the other end, of port %d", accepted.getPort())
                        .containsExactly(Duration.ZERO);
            }
        }
    }

    @Test
    void connectionsThatCameBeforeGetItToo() throws IOException {
        assumeTrue(UserTimeout.isSupported());
        UserTimeout timeout = new UserTimeout();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            assertThat(timeout.get(accepted.getLocalPort())).containsExactly(Duration.ZERO, Duration.ZERO);

            timeout.set(server.getLocalPort(), TIMEOUT);
            assertThat(timeout.get(accepted.getLocalPort())).containsExactly(TIMEOUT, TIMEOUT);
            assertThat(timeout.get(client.getLocalPort())).containsExactly(Duration.ZERO);
        }
    }

    @Test
    void aSocketThatIsNoTcpConnectionKeepsNothingFromBeingSet() throws IOException {
        assumeTrue(UserTimeout.isSupported());
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket other = new DatagramSocket(server.getLocalPort(), InetAddress.getLoopbackAddress())) {
            UserTimeout timeout = new UserTimeout();
            timeout.set(server.getLocalPort(), TIMEOUT);
            assertThat(timeout.get(other.getLocalPort())).containsExactly(TIMEOUT);
        }
    }

    @Test
    void aPortThatNobodyListensAtIsNamed() throws IOException {
        assumeTrue(UserTimeout.isSupported());
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        assertThatThrownBy(() -> new UserTimeout().set(port, TIMEOUT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("port " + port);
    }
}
