package dev.vidda.gateway.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** A connection of a client that does with it what it likes. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int LITTLE_ROOM = 4096;
    private static final int HEX = 16;

    private final Socket socket = new Socket();
    private final InputStream in;

    RawClient(TestGateway gateway) throws IOException {
        // So that what is not read waits at the server.
        socket.setReceiveBufferSize(LITTLE_ROOM);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(
                new InetSocketAddress("127.0.0.1", gateway.server.address().getPort()));
        in = new BufferedInputStream(socket.getInputStream());
    }

    static String post(String path, String json) {
        String body = json.replace('\'', '"');
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** The next response's status line and headers. */
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = line(); !line.isEmpty(); line = line()) {
            head.append(line).append('\n');
        }
        return head.toString();
    }

    /** The body of a chunked response, whose framing must be right to the byte. */
    String chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(), HEX); size > 0; size = Integer.parseInt(line(), HEX)) {
            body.write(in.readNBytes(size));
            if (!line().isEmpty()) {
                throw new IOException("a chunk is longer than it says, after: " + body);
            }
        }
        if (!line().isEmpty()) {
            throw new IOException("there are trailers, but none were announced");
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    /** Done with all that the server sends until it closes or resets the connection; fails if it keeps it open. */
    CompletableFuture<String> untilClosed() {
        CompletableFuture<String> closed = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            StringBuilder text = new StringBuilder();
            try {
                for (int next = in.read(); next >= 0; next = in.read()) {
                    text.append((char) next);
                }
            } catch (SocketTimeoutException e) {
                closed.completeExceptionally(new AssertionError("still open after: " + text, e));
            } catch (IOException e) {
                text.append("(").append(e.getMessage()).append(")");
            }
            closed.complete(text.toString());
        });
        return closed;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection ended after: " + line);
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
