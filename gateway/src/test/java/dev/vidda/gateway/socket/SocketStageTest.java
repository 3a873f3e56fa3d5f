package dev.vidda.gateway.socket;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** With a clock that the tests turn, and a client that reads as the tests say. */
class SocketStageTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int LITTLE_ROOM = 4096;
    /** More than the buffers of both sides take, so that some of it leaves the server's stream. */
    private static final int PORTION = 2 << 20;

    private static final int PORTIONS = 12;

    private final ActorTestKit kit =
            ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load("application-test")));
    private final ManualTime time = ManualTime.get(kit.system());
    private final CompletableFuture<Done> ended = new CompletableFuture<>();

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    @Test
    void aClientThatTakesALittleWithinEachTimeoutGetsAllHoweverLongItTakes() throws IOException {
        SocketListener listener = sending(PORTION * PORTIONS);
        try (Socket client = connect(listener)) {
            for (int portion = 0; portion < PORTIONS; portion++) {
                assertThat(client.getInputStream().readNBytes(PORTION)).hasSize(PORTION);
                time.timePasses(TIMEOUT.minusMillis(1));
            }
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } finally {
            listener.close();
        }
    }

    @Test
    void oneThatThenTakesNothingIsCutOff() throws IOException {
        SocketListener listener = sending(PORTION * PORTIONS);
        try (Socket client = connect(listener)) {
            assertThat(client.getInputStream().readNBytes(PORTION)).hasSize(PORTION);
            kit.createTestProbe().awaitAssert(() -> {
                time.timePasses(TIMEOUT);
                assertThat(ended).isDone();
                return null;
            });
        } finally {
            listener.close();
        }
    }

    /** A port that sends so many bytes to each client, and then closes the connection. */
    private SocketListener sending(int bytes) throws IOException {
        ByteString all = ByteString.fromArrayUnsafe(new byte[bytes]);
        return SocketListener.bind(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new SocketListener.Limits(1, 1, TIMEOUT),
                kit.system().executionContext(),
                socket -> Source.single(all)
                        .via(socket.flow())
                        .runWith(Sink.ignore(), kit.system())
                        .whenComplete((done, failure) -> ended.complete(Done.getInstance())));
    }

    private static Socket connect(SocketListener listener) throws IOException {
        Socket client = new Socket();
        client.setReceiveBufferSize(LITTLE_ROOM);
        client.setSoTimeout(PATIENCE_MILLIS);
        client.connect(listener.address());
        return client;
    }
}
