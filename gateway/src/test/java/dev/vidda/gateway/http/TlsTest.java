package dev.vidda.gateway.http;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import com.typesafe.config.ConfigFactory;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.protocol.SchedulerCommand;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** HTTPS with certificates made by the JDK's keytool. */
class TlsTest {
    private static final int PATIENCE_SECONDS = 60;
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void newConnectionsGetTheCertificateThatTheFilesHoldNow() throws Exception {
        KeyStore first = keyStore("first");
        KeyStore second = keyStore("second");
        write(first);
        ActorTestKit kit = ActorTestKit.create();
        try {
            GatewayServer server = start(kit);
            int port = server.address().getPort();
            assertThat(subject(port, first)).isEqualTo("CN=first");
            assertThatThrownBy(() -> subject(port, second)).isInstanceOf(IOException.class);

            write(second);
            TestProbe<SchedulerCommand> patience = kit.createTestProbe();
            patience.awaitAssert(() -> {
                assertThat(subject(port, second)).isEqualTo("CN=second");
                return null;
            });
        } finally {
            kit.shutdownTestKit();
        }
    }

    @Test
    void withoutTlsNothingIsAnsweredOnATlsPort() throws Exception {
        write(keyStore("first"));
        ActorTestKit kit = ActorTestKit.create();
        try (Socket plain = new Socket("127.0.0.1", start(kit).address().getPort())) {
            plain.getOutputStream().write("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
            assertThat(new String(plain.getInputStream().readAllBytes(), US_ASCII))
                    .doesNotContain("HTTP/1.1 200");
        } finally {
            kit.shutdownTestKit();
        }
    }

    @Test
    @Timeout(PATIENCE_SECONDS)
    void aClientThatDoesNotReadIsCutOff() throws Exception {
        KeyStore store = keyStore("first");
        write(store);
        ActorTestKit kit = ActorTestKit.create();
        try (SSLSocket client =
                connect(start(kit, "write-timeout = 300ms").address().getPort(), store)) {
            byte[] request = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII);
            // The server answers and so reads no more than the client does: sending stands still until it is cut off.
            assertThatThrownBy(() -> {
                        while (true) {
                            client.getOutputStream().write(request);
                        }
                    })
                    .isInstanceOf(IOException.class);
        } finally {
            kit.shutdownTestKit();
        }
    }

    @Test
    @Timeout(PATIENCE_SECONDS)
    void aClientThatDoesNotShakeHandsIsCutOff() throws Exception {
        write(keyStore("first"));
        ActorTestKit kit = ActorTestKit.create();
        try (Socket silent = new Socket(
                "127.0.0.1", start(kit, "keep-alive = 300ms").address().getPort())) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        } finally {
            kit.shutdownTestKit();
        }
    }

    private GatewayServer start(ActorTestKit kit) {
        return start(kit, "");
    }

    private GatewayServer start(ActorTestKit kit, String settings) {
        String tls = "vidda.gateway { port = 0, security { reload = 1ms, tls { certificate = \"%s\", key = \"%s\" } } }"
                .formatted(directory.resolve("cert.pem"), directory.resolve("key.pem"));
        var config = ConfigFactory.parseString("vidda.gateway { %s }".formatted(settings))
                .withFallback(ConfigFactory.parseString(tls))
                .withFallback(ConfigFactory.load());
        TestProbe<SchedulerCommand> scheduler = kit.createTestProbe(SchedulerCommand.class);
        return GatewayServer.start(kit.system(), GatewaySettings.from(config), scheduler.ref(), Set.of())
                .toCompletableFuture()
                .join();
    }

    /** Asks {@code /livez}, trusting one certificate only, and returns whose it was. */
    private static String subject(int port, KeyStore trusted) throws IOException, GeneralSecurityException {
        try (SSLSocket socket = connect(port, trusted)) {
            socket.getOutputStream()
                    .write("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200");
            Certificate certificate = socket.getSession().getPeerCertificates()[0];
            return ((X509Certificate) certificate).getSubjectX500Principal().getName();
        }
    }

    private static SSLSocket connect(int port, KeyStore trusted) throws IOException, GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    }

    /** A store with the key and certificate {@code name}, and the certificate alone as one to trust. */
    private KeyStore keyStore(String name) throws Exception {
        Path file = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-dname",
                        "CN=" + name,
                        "-keyalg",
                        "EC",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD),
                        "-validity",
                        "2")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        store.setCertificateEntry("trusted", store.getCertificate(name));
        return store;
    }

    private void write(KeyStore store) throws GeneralSecurityException, IOException {
        String alias = store.isKeyEntry("first") ? "first" : "second";
        Base64.Encoder encoder = Base64.getMimeEncoder();
        Files.writeString(
                directory.resolve("key.pem"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + encoder.encodeToString(store.getKey(alias, PASSWORD).getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(
                directory.resolve("cert.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + encoder.encodeToString(store.getCertificate(alias).getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }
}
