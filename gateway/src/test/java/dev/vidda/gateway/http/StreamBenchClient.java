package dev.vidda.gateway.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The client's side of {@link StreamBench}: one thread that reads all streams and takes the time of each event. The first
 * streams are read, then come slow ones, which are never read.
 */
final class StreamBenchClient {
    private static final byte[] END = {'\n', '\n'};
    /** A channel that is registered during a select is seen by the next one. */
    private static final long REGISTER_MILLIS = 20;

    private static final int MOST_TOKENS = 4_000_000;

    private final int read;
    private final int slow;
    private final long[] emittedAt;
    private final int[] firstStep;
    private final int[] seen;
    private final boolean[] newline;
    private final Selector selector;
    private final SocketChannel[] channels;
    private final long[] latencies = new long[MOST_TOKENS];
    private volatile boolean measuring;
    private volatile int count;
    private volatile int lost;

    StreamBenchClient(int read, int slow, int mostSteps) throws IOException {
        this.read = read;
        this.slow = slow;
        this.emittedAt = new long[mostSteps];
        this.firstStep = new int[read + slow];
        this.seen = new int[read];
        this.newline = new boolean[read];
        this.channels = new SocketChannel[read + slow];
        this.selector = Selector.open();
    }

    int opened() {
        return read + slow;
    }

    /** Whether the engine has tokens for the stream. */
    boolean isRunning(int stream) {
        return stream < read + slow;
    }

    void connect(int port) throws IOException {
        for (int i = 0; i < channels.length; i++) {
            SocketChannel channel = SocketChannel.open();
            if (i >= read) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            }
            channel.connect(new InetSocketAddress("127.0.0.1", port));
            channel.write(ByteBuffer.wrap(request(i)));
            channel.configureBlocking(false);
            if (i < read) {
                channel.register(selector, SelectionKey.OP_READ, i);
            }
            channels[i] = channel;
        }
    }

    /** Asks for the stream of this number. */
    static byte[] request(int stream) {
        String body = "{\"prompt\":\"%d\",\"stream\":true}".formatted(stream);
        String request = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        return request.getBytes(StandardCharsets.US_ASCII);
    }

    void emitted(int step, long nanos) {
        emittedAt[step] = nanos;
    }

    /** The stream's first token comes with this step. */
    void begins(int stream, int step) {
        firstStep[stream] = step;
    }

    void measure(boolean on) {
        measuring = on;
    }

    long[] latencies() {
        return Arrays.copyOf(latencies, count);
    }

    /** How many tokens the slowest, the middle and the fastest stream have had. */
    String spread() {
        int[] sorted = seen.clone();
        Arrays.sort(sorted);
        return sorted[0] + " / " + sorted[sorted.length / 2] + " / " + sorted[sorted.length - 1];
    }

    /** Streams that ended, though none should. */
    int lost() {
        return lost;
    }

    /** Ends the reading thread, and closes all. */
    void close() throws IOException {
        selector.close();
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
        try {
            while (selector.isOpen()) {
                selector.select(
                        key -> {
                            try {
                                read(key, buffer);
                            } catch (IOException e) {
                                lost++;
                                key.cancel();
                            }
                        },
                        REGISTER_MILLIS);
            }
        } catch (ClosedSelectorException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(SelectionKey key, ByteBuffer buffer) throws IOException {
        int stream = (Integer) key.attachment();
        buffer.clear();
        if (((SocketChannel) key.channel()).read(buffer) < 0) {
            lost++;
            key.cancel();
            return;
        }
        long now = System.nanoTime();
        buffer.flip();
        boolean wasNewline = newline[stream];
        while (buffer.hasRemaining()) {
            byte next = buffer.get();
            if (wasNewline && next == END[1]) {
                event(stream, now);
                wasNewline = false;
            } else {
                wasNewline = next == END[0];
            }
        }
        newline[stream] = wasNewline;
    }

    private void event(int stream, long now) {
        int step = firstStep[stream] + seen[stream]++;
        if (measuring && count < MOST_TOKENS) {
            latencies[count] = now - emittedAt[step];
            count++;
        }
    }
}
