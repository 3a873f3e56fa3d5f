import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Clients in a process of their own. When it gets a line, some begin to stream; when each has some text, others send a
 * request, and others connect. Then it says a line, and reads whatever comes.
 */
final class FarClients {
    private FarClients() {}

    /** Host, port, how many of each there are, and whether they speak TLS. */
    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[2]);
        System.out.println("here");
        if (System.in.read() < 0) {
            return;
        }
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 3 * count; i++) {
            Socket socket = connect(args[0], Integer.parseInt(args[1]), Boolean.parseBoolean(args[3]));
            sockets.add(socket);
            if (i < 2 * count) {
                ask(socket);
            }
            if (i == count - 1) {
                for (Socket streaming : sockets) {
                    awaitText(streaming.getInputStream());
                }
            }
        }
        for (Socket socket : sockets) {
            Thread.ofPlatform().start(() -> readOn(socket));
        }
        System.out.println("all are connected");
    }

    private static Socket connect(String host, int port, boolean tls) throws IOException, GeneralSecurityException {
        if (!tls) {
            return new Socket(host, port);
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new AnyCertificate()}, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(host, port);
        socket.startHandshake();
        return socket;
    }

    private static final class AnyCertificate extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static void ask(Socket socket) throws IOException {
        String body = """
                {"model":"demo","prompt":"Solve 2 + 5 = 10.","stream":true,"max_tokens":1900,"ignore_eos":true}""";
        String head = "POST /v1/completions HTTP/1.1\r\nHost: far\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n";
        socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
    }

    private static void awaitText(InputStream in) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.indexOf("\"text\":") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the server ended it: " + all);
            }
            all.append((char) next);
        }
    }

    private static void readOn(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The server has given it up.
        }
    }
}
