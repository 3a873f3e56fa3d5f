package dev.vidda.gateway.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bound port and its connections. Thread-safe. */
public final class SocketListener {
    /**
     * What connections may take.
     *
     * @param open at the same time; further ones wait in the backlog
     * @param backlog connections that the operating system keeps until they are accepted
     * @param writeTimeout a client that takes nothing of what waits for it for so long is cut off, and so is one whose
     *     machine does not acknowledge what is sent to it, or is silent for so long and does not answer when asked
     */
    public record Limits(int open, int backlog, Duration writeTimeout) {}

    private static final Logger LOG = LoggerFactory.getLogger(SocketListener.class);
    /** Until the system may have file descriptors again. */
    private static final long BREATHER_MILLIS = 100;

    private final ServerSocketChannel server;
    private final SocketPoller poller;
    private final SocketPoller.Watch watch;
    private final Limits limits;
    private final Executor executor;
    private final Consumer<AcceptedSocket> connect;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    /** The size of that set, by which whoever closes a connection sees that it was the one too many. */
    private final AtomicInteger open = new AtomicInteger();

    private final InetSocketAddress address;
    /** Whether the last one could not be accepted, which is said once; of the poller's thread. */
    private boolean failing;

    private SocketListener(
            ServerSocketChannel server, Limits limits, Executor executor, Consumer<AcceptedSocket> connect)
            throws IOException {
        this.server = server;
        this.limits = limits;
        this.executor = executor;
        this.connect = connect;
        this.address = (InetSocketAddress) server.getLocalAddress();
        this.poller = SocketPoller.start("sockets-" + address.getPort());
        this.watch = poller.watch(server, ignored -> accept());
        // Beside all else that is to be done first: it takes a while to be linked.
        executor.execute(this::limitUnacknowledged);
        watch.want(SelectionKey.OP_ACCEPT);
    }

    /**
     * Binds an address.
     *
     * @param executor runs {@code connect}
     * @param connect given each new connection
     * @throws IOException if the address cannot be bound
     */
    public static SocketListener bind(
            InetSocketAddress address, Limits limits, Executor executor, Consumer<AcceptedSocket> connect)
            throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(address, limits.backlog());
            return new SocketListener(server, limits, executor, connect);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void limitUnacknowledged() {
        if (!UserTimeout.isSupported()) {
            LOG.info("Clients that vanish while something is sent to them are noticed when this system gives them up");
            return;
        }
        try {
            new UserTimeout().set(address.getPort(), limits.writeTimeout());
        } catch (IOException | IllegalStateException e) {
            if (server.isOpen()) {
                LOG.warn("Clients that vanish while something is sent to them are noticed late", e);
            }
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** Takes no connections any more; those that are open stay. */
    public void unbind() {
        try {
            watch.close();
        } catch (IOException e) {
            LOG.warn("The port {} was not closed properly", address.getPort(), e);
        }
    }

    /** Cuts off all connections. */
    public void abort() {
        connections.forEach(Connection::abort);
    }

    /** Closes all there is; for when no stream runs any more. */
    public void close() {
        unbind();
        connections.forEach(this::drop);
        poller.close();
    }

    private void accept() {
        try {
            while (hasRoom()) {
                SocketChannel channel = server.accept();
                if (channel == null) {
                    break;
                }
                failing = false;
                open(channel);
            }
            if (hasRoom()) {
                watch.want(SelectionKey.OP_ACCEPT);
            }
        } catch (IOException e) {
            if (server.isOpen()) {
                if (!failing) {
                    LOG.warn("No connection can be accepted until the system has room for it: {}", e.getMessage());
                }
                failing = true;
                CompletableFuture.delayedExecutor(BREATHER_MILLIS, TimeUnit.MILLISECONDS, executor)
                        .execute(() -> watch.want(SelectionKey.OP_ACCEPT));
            }
        }
    }

    private boolean hasRoom() {
        return open.get() < limits.open();
    }

    private void open(SocketChannel channel) throws IOException {
        Connection connection;
        try {
            connection = new Connection(channel, poller, limits.writeTimeout());
        } catch (IOException e) {
            // The client has left already.
            channel.close();
            return;
        }
        connections.add(connection);
        open.incrementAndGet();
        try {
            executor.execute(() -> run(connection));
        } catch (RejectedExecutionException e) {
            // All ends.
            drop(connection);
        }
    }

    private void run(Connection connection) {
        try {
            connect.accept(new AcceptedSocket(
                    new SocketStage.Parts(connection, limits.writeTimeout(), () -> closed(connection))));
        } catch (IllegalStateException e) {
            LOG.debug("A connection came when all ended", e);
            drop(connection);
        } catch (RuntimeException e) {
            drop(connection);
            throw e;
        }
    }

    private void drop(Connection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("A connection was not closed properly", e);
        }
        closed(connection);
    }

    private void closed(Connection connection) {
        if (connections.remove(connection) && open.getAndDecrement() == limits.open()) {
            watch.want(SelectionKey.OP_ACCEPT);
        }
    }
}
