package dev.vidda.gateway.http;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;

/**
 * Streams of {@link StreamBench} that get no tokens, in a process of their own: the operating system counts open files for
 * each process. It reads what comes, such as the pings, and says at its end how many streams were cut off.
 */
final class IdleStreams implements AutoCloseable {
    private final Process process;

    private IdleStreams(Process process) {
        this.process = process;
    }

    /** Opens streams with the numbers from {@code first} on; returns when all requests are sent. */
    static IdleStreams open(int port, int first, int count) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                IdleStreams.class.getName(),
                Integer.toString(port),
                Integer.toString(first),
                Integer.toString(count));
        Process process = new ProcessBuilder(command)
                .directory(new File("."))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.getInputStream().read() < 0) {
            throw new IOException("the process with the idle streams has ended");
        }
        return new IdleStreams(process);
    }

    /** Closes all, and returns how many were cut off before. */
    int lost() throws IOException {
        process.getOutputStream().close();
        return Integer.parseInt(new String(process.getInputStream().readAllBytes()).strip());
    }

    @Override
    public void close() {
        process.destroy();
    }

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        int first = Integer.parseInt(arguments[1]);
        int count = Integer.parseInt(arguments[2]);
        Selector selector = Selector.open();
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.write(ByteBuffer.wrap(StreamBenchClient.request(first + i)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
        }
        System.out.write('.');
        System.out.flush();
        Thread.ofPlatform().daemon().start(() -> untilAsked(selector));
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
        int[] lost = {0};
        while (selector.isOpen()) {
            selector.select(key -> {
                if (!read(key, buffer.clear())) {
                    lost[0]++;
                    key.cancel();
                }
            });
            if (asked) {
                break;
            }
        }
        System.out.println(lost[0]);
        System.exit(0);
    }

    private static volatile boolean asked;

    private static void untilAsked(Selector selector) {
        try {
            while (System.in.read() >= 0) {
                // The parent only closes it.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        asked = true;
        selector.wakeup();
    }

    private static boolean read(SelectionKey key, ByteBuffer buffer) {
        try {
            return ((SocketChannel) key.channel()).read(buffer) >= 0;
        } catch (IOException e) {
            return false;
        }
    }
}
