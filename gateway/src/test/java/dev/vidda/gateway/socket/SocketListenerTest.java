package dev.vidda.gateway.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** With listeners of which no connection can be served, so that each is closed at once. */
class SocketListenerTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int CLIENTS = 8;
    private static final int TIMES = 2_000;
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final SocketListener.Limits TWO_AT_A_TIME =
            new SocketListener.Limits(2, CLIENTS, Duration.ofSeconds(30));

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(
            4,
            Thread.ofPlatform()
                    .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
                    .factory());

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void nobodyWaitsForeverForAPlaceThatBecameFreeWhileTheLastOneWasTaken()
            throws IOException, InterruptedException, ExecutionException {
        SocketListener listener = failing(() -> new IllegalStateException("all ends"));
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> done = clients.invokeAll(
                    Stream.generate(() -> client(listener)).limit(CLIENTS).toList());
            for (Future<Boolean> each : done) {
                each.get();
            }
        } finally {
            listener.close();
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void aConnectionThatABugKeepsFromBeingServedTakesNoPlace() throws IOException {
        SocketListener listener = failing(() -> new IllegalArgumentException("a bug"));
        try {
            for (int i = 0; i <= TWO_AT_A_TIME.open(); i++) {
                awaitEnd(listener);
            }
        } finally {
            listener.close();
        }
        assertThat(failures)
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure).hasMessage("a bug"));
    }

    private SocketListener failing(Supplier<RuntimeException> failure) throws IOException {
        return SocketListener.bind(ANY_PORT, TWO_AT_A_TIME, threads, ignored -> {
            throw failure.get();
        });
    }

    private static Callable<Boolean> client(SocketListener listener) {
        return () -> {
            for (int i = 0; i < TIMES; i++) {
                awaitEnd(listener);
            }
            return true;
        };
    }

    private static void awaitEnd(SocketListener listener) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(listener.address(), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }
}
