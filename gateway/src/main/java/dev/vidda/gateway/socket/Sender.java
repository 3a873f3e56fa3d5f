package dev.vidda.gateway.socket;

import akka.util.ByteString;
import java.io.IOException;

/** What is on its way out of one connection. Used by the connection's actor only. */
final class Sender {
    /** Hears from the sender on the actor's thread, in the middle of whatever it does. */
    interface Listener {
        /** The socket is full; the rest waits for {@link #flush}. */
        void stuck();

        /** The client reset the connection. */
        void broken();
    }

    private static final Runnable NOBODY = () -> {};

    private final Connection connection;
    private final Listener listener;
    private ByteString unsent = ByteString.emptyByteString();
    private long elements;
    private boolean open = true;
    private Runnable waiting = NOBODY;

    Sender(Connection connection, Listener listener) {
        this.connection = connection;
        this.listener = listener;
    }

    /** Whether the socket has taken all, and more may be given. */
    boolean isIdle() {
        return open && unsent.isEmpty();
    }

    /** How many elements the stream has given so far. */
    long elements() {
        return elements;
    }

    /** Bytes that wait for the client. */
    int unsent() {
        return unsent.size();
    }

    /** Sends what comes from the stream. */
    void element(ByteString bytes) {
        elements++;
        unsent = unsent.isEmpty() ? bytes : unsent.concat(bytes);
        flush();
    }

    /** Sends a chunk of a body, as HTTP frames it. Only while {@link #isIdle}. */
    void chunk(byte[] bytes) {
        try {
            unsent = connection.writeChunk(bytes);
            if (!unsent.isEmpty()) {
                listener.stuck();
            }
        } catch (IOException e) {
            end();
            listener.broken();
        }
    }

    /** Sends what there is room for. */
    void flush() {
        try {
            unsent = connection.write(unsent);
        } catch (IOException e) {
            end();
            listener.broken();
            return;
        }
        if (unsent.isEmpty()) {
            Runnable next = waiting;
            waiting = NOBODY;
            next.run();
        } else {
            listener.stuck();
        }
    }

    /** Sets what is run once when bytes of the stream have gone out. */
    void await(Runnable next) {
        waiting = next;
    }

    /** Takes nothing more. */
    void end() {
        open = false;
        unsent = ByteString.emptyByteString();
        waiting = NOBODY;
    }
}
