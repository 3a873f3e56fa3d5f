package dev.vidda.gateway.socket;

import akka.util.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What is on its way out of one connection. Used by the connection's actor only. */
final class Sender {
    static final byte[] LINE_END = {'\r', '\n'};

    /** Takes bytes without waiting. */
    interface Socket {
        /** Sends what there is room for, and returns the rest. */
        ByteString write(ByteString bytes) throws IOException;

        /** The same for a chunk of a body: size, line end, bytes, line end, as HTTP/1.1 frames it. */
        ByteString writeChunk(byte[] size, byte[] bytes) throws IOException;
    }

    /** Hears from the sender on the actor's thread, in the middle of whatever it does. */
    interface Listener {
        /** The socket is full; the rest waits for {@link #flush}. */
        void stuck();

        /** The client reset the connection. */
        void broken();
    }

    private static final Runnable NOBODY = () -> {};

    private final Socket socket;
    private final Listener listener;
    private ByteString unsent = ByteString.emptyByteString();
    private long elements;
    private long taken;
    private boolean open = true;
    private Runnable waiting = NOBODY;

    Sender(Socket socket, Listener listener) {
        this.socket = socket;
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

    /** Bytes that the socket has taken so far, of all that was sent. */
    long taken() {
        return taken;
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
            byte[] size = Integer.toHexString(bytes.length).getBytes(StandardCharsets.US_ASCII);
            unsent = socket.writeChunk(size, bytes);
            taken += size.length + bytes.length + 2 * LINE_END.length - unsent.size();
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
            int before = unsent.size();
            unsent = socket.write(unsent);
            taken += before - unsent.size();
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
