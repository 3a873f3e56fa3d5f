package dev.vidda.gateway.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.IntConsumer;

/** One thread that watches sockets. What it calls must neither block nor throw. Thread-safe. */
final class SocketPoller {
    private final Selector selector;
    private volatile boolean closed;

    /** A socket that is watched. */
    final class Watch {
        private final SelectionKey key;

        private Watch(SelectionKey key) {
            this.key = key;
        }

        /** Asks to be told once when one of the operations is possible. Means nothing when the channel is closed. */
        void want(int operations) {
            try {
                key.interestOpsOr(operations);
                selector.wakeup();
            } catch (CancelledKeyException e) {
                // Whoever closed it has told the others.
                return;
            }
        }

        /** Closes the channel, which takes the poller's part in it. */
        void close() throws IOException {
            key.channel().close();
            selector.wakeup();
        }
    }

    private SocketPoller(Selector selector) {
        this.selector = selector;
    }

    static SocketPoller start(String threadName) throws IOException {
        SocketPoller poller = new SocketPoller(Selector.open());
        Thread.ofPlatform().name(threadName).daemon().start(poller::run);
        return poller;
    }

    /** @param ready told on the poller's thread which of the wanted operations are possible */
    Watch watch(SelectableChannel channel, IntConsumer ready) throws IOException {
        channel.configureBlocking(false);
        return new Watch(channel.register(selector, 0, ready));
    }

    /** Ends the thread. Channels stay as they are. */
    void close() {
        closed = true;
        selector.wakeup();
    }

    private void run() {
        try (selector) {
            while (!closed) {
                selector.select(SocketPoller::tell);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the gateway's sockets cannot be watched any more", e);
        }
    }

    private static void tell(SelectionKey key) {
        int operations;
        try {
            operations = key.readyOps();
            key.interestOpsAnd(~operations);
        } catch (CancelledKeyException e) {
            return;
        }
        ((IntConsumer) key.attachment()).accept(operations);
    }
}
