import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in front of a node's port: whoever wants to talk to the node talks to the relay, which knows by the loopback
 * address it comes from which node that is, and can stop to pass on what goes to and from it, as a cut cable does.
 */
final class Relay implements AutoCloseable {
    private final ServerSocket server;
    private final InetSocketAddress target;
    private final Set<String> cut = ConcurrentHashMap.newKeySet();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    Relay(String host, int targetPort) throws IOException {
        server = new ServerSocket(0, 64, InetAddress.getByName(host));
        target = new InetSocketAddress(host, targetPort);
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** From now on nothing passes between the node and {@code host}, and no connection ends by it. */
    void cut(String host) {
        cut.add(host);
    }

    void mend(String host) {
        cut.remove(host);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket from = server.accept();
                Thread.ofVirtual().start(() -> join(from));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void join(Socket from) {
        String host = from.getInetAddress().getHostAddress();
        sockets.add(from);
        try (from;
                Socket to = new Socket()) {
            awaitLink(host);
            sockets.add(to);
            to.connect(target);
            Thread back = Thread.ofVirtual().start(() -> copy(to, from, host));
            copy(from, to, host);
            back.join();
            sockets.remove(to);
        } catch (IOException e) {
            // The node is gone: the connection to the relay ends like that to the node would.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(from);
        }
    }

    private void copy(Socket from, Socket to, String host) {
        byte[] buffer = new byte[1 << 16];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                awaitLink(host);
                out.write(buffer, 0, n);
            }
        } catch (IOException | InterruptedException e) {
            // An end, too.
        }
        quietly(from);
        quietly(to);
    }

    private void awaitLink(String host) throws InterruptedException {
        while (cut.contains(host)) {
            Thread.sleep(20);
        }
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sockets.forEach(Relay::quietly);
    }
}
