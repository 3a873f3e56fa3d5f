package dev.vidda.gateway.stream;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * A TCP connection to the port of another node on which nothing is ever sent: when that node's process dies, its kernel
 * closes the connection at once, long before heartbeats tell. Where it cannot be opened, for other reasons than that nobody
 * listens, it says nothing.
 */
final class Lifeline implements Closeable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    /** A connection that ends sooner was not taken by the node itself, but by something in front of it. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final InetSocketAddress address;
    private final Runnable lost;
    private Socket socket = new Socket();
    private boolean closed;

    private Lifeline(InetSocketAddress address, Runnable lost) {
        this.address = address;
        this.lost = lost;
    }

    /**
     * Watches the node that {@code actor} lives on; does nothing if that is this one.
     *
     * @param lost called at most once, on a thread of its own
     */
    static Lifeline to(ActorRef<?> actor, Runnable lost) {
        Address address = actor.path().address();
        boolean remote = address.getHost().isPresent() && address.getPort().isPresent();
        Lifeline line = new Lifeline(
                new InetSocketAddress(
                        address.getHost().orElse("localhost"), address.getPort().orElse(0)),
                lost);
        if (remote) {
            line.start();
        }
        return line;
    }

    /** Watches whoever listens at {@code address}. */
    static Lifeline to(InetSocketAddress address, Runnable lost) {
        Lifeline line = new Lifeline(address, lost);
        line.start();
        return line;
    }

    private void start() {
        Thread.ofVirtual().name("lifeline-" + address).start(this::watch);
    }

    /** A connection may end for other reasons than the death of the node, so it is tried a second time. */
    private void watch() {
        boolean again = false;
        while (true) {
            long from = System.nanoTime();
            try {
                holdConnection();
            } catch (ConnectException refused) {
                tell();
                return;
            } catch (IOException unknown) {
                return;
            }
            boolean brief = System.nanoTime() - from < SHORT.toNanos();
            if (again && brief) {
                tell();
                return;
            }
            again = true;
        }
    }

    /** Returns when the connection ends. */
    private void holdConnection() throws IOException {
        try (Socket current = open()) {
            current.connect(address, (int) CONNECT_TIMEOUT.toMillis());
            waitForEnd(current);
        }
    }

    private static void waitForEnd(Socket socket) {
        try {
            while (socket.getInputStream().read() >= 0) {
                // Whatever it says, it lives.
            }
        } catch (IOException reset) {
            // That is an end, too.
        }
    }

    private synchronized Socket open() throws IOException {
        if (closed) {
            throw new IOException("nobody watches any more");
        }
        socket = new Socket();
        return socket;
    }

    private void tell() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        lost.run();
    }

    /** Ends the watch; nothing is told from now on. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the connection to " + address, e);
        }
    }
}
