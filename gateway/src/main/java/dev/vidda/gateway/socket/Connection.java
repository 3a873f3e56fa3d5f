package dev.vidda.gateway.socket;

import akka.util.ByteString;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;
import jdk.net.ExtendedSocketOptions;

/** An accepted connection: bytes in and out without waiting. For one thread at a time. */
final class Connection implements Sender.Socket {
    /** What the kernel may keep for a client that does not read. */
    private static final int SEND_BUFFER = 128 * 1024;

    private static final int TRANSFER = 64 * 1024;

    /** Unanswered questions whether the client is still there, where {@link UserTimeout} does not decide earlier. */
    private static final int PROBES = 3;
    /** Seconds; Linux refuses more. */
    private static final int LONGEST_IDLE = 32_767;

    private static final ThreadLocal<ByteBuffer> BUFFER = ThreadLocal.withInitial(() -> ByteBuffer.allocate(TRANSFER));

    private final SocketChannel channel;
    private final SocketPoller.Watch watch;
    private volatile IntConsumer onReady = operations -> {};
    private volatile Runnable onAbort = () -> {};

    /** @param silence after which a client is asked whether it is still there */
    Connection(SocketChannel channel, SocketPoller poller, Duration silence) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        int seconds = Math.clamp(silence.toSeconds(), 1, LONGEST_IDLE);
        set(ExtendedSocketOptions.TCP_KEEPIDLE, seconds);
        set(ExtendedSocketOptions.TCP_KEEPINTERVAL, Math.ceilDiv(seconds, PROBES));
        set(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
        this.watch = poller.watch(channel, operations -> onReady.accept(operations));
    }

    private void set(SocketOption<Integer> option, int value) throws IOException {
        if (channel.supportedOptions().contains(option)) {
            channel.setOption(option, value);
        }
    }

    /**
     * Sets who is told of what was wanted, and of {@link #abort}; on any thread.
     */
    void listen(IntConsumer ready, Runnable abort) {
        onReady = ready;
        onAbort = abort;
    }

    /** Asks to be told once when one of the operations is possible. */
    void want(int operations) {
        watch.want(operations);
    }

    /** What has come, maybe nothing yet; empty when nothing will come any more. */
    Optional<ByteString> read() throws IOException {
        ByteBuffer buffer = BUFFER.get().clear();
        return channel.read(buffer) < 0 ? Optional.empty() : Optional.of(ByteString.fromByteBuffer(buffer.flip()));
    }

    @Override
    public ByteString write(ByteString bytes) throws IOException {
        ByteString rest = bytes;
        while (!rest.isEmpty()) {
            ByteBuffer buffer = BUFFER.get().clear();
            int copied = rest.copyToBuffer(buffer);
            int written = channel.write(buffer.flip());
            rest = written == rest.size() ? ByteString.emptyByteString() : rest.drop(written);
            if (written < copied) {
                return rest;
            }
        }
        return rest;
    }

    @Override
    public ByteString writeChunk(byte[] size, byte[] bytes) throws IOException {
        if (bytes.length > TRANSFER / 2) {
            return write(ByteString.fromArrayUnsafe(size)
                    .concat(ByteString.fromArrayUnsafe(Sender.LINE_END))
                    .concat(ByteString.fromArrayUnsafe(bytes))
                    .concat(ByteString.fromArrayUnsafe(Sender.LINE_END)));
        }
        ByteBuffer buffer = BUFFER.get().clear();
        buffer.put(size).put(Sender.LINE_END).put(bytes).put(Sender.LINE_END).flip();
        channel.write(buffer);
        return buffer.hasRemaining() ? ByteString.fromByteBuffer(buffer) : ByteString.emptyByteString();
    }

    /** Tells the client that nothing more comes. */
    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** Cuts the connection off, on any thread. */
    void abort() {
        onAbort.run();
    }

    /** Makes {@link #close} forget what was not sent. */
    void forget() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    }

    void close() throws IOException {
        watch.close();
    }
}
