package dev.vidda.bench;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** With a certificate for localhost that the JDK's keytool makes. */
final class AuthorityTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aServerWhoseAuthorityIsGivenIsTrustedAndNoOther() throws Exception {
        KeyStore ours = keyStore("ours");
        HttpsServer server = serve(ours);
        try {
            String url = "https://localhost:" + server.getAddress().getPort();
            SSLContext trusted = Authority.read(pem("ours", ours));
            assertThat(StreamingClient.firstModel(url, Optional.empty(), Optional.of(trusted)))
                    .isEqualTo("m");

            SSLContext other = Authority.read(pem("other", keyStore("other")));
            for (Optional<SSLContext> wrong :
                    Stream.of(Optional.of(other), Optional.<SSLContext>empty()).toList()) {
                assertThatThrownBy(() -> StreamingClient.firstModel(url, Optional.empty(), wrong))
                        .isInstanceOf(IOException.class)
                        .hasMessageContainingAll(url, "--ca-cert trusts an authority of your own");
            }
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aFileWithoutCertificateIsNamed() throws IOException {
        Path file = folder.resolve("ca.pem");
        for (String content : new String[] {"", "no certificate\n"}) {
            Files.writeString(file, content);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Authority.read(file))
                    .withMessage("--ca-cert: " + file + " holds no certificate in PEM");
        }
    }

    private static HttpsServer serve(KeyStore store) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/v1/models", exchange -> {
            byte[] body = "{\"data\":[{\"id\":\"m\"}]}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private Path pem(String name, KeyStore store) throws Exception {
        String body = Base64.getMimeEncoder()
                .encodeToString(store.getCertificate(name).getEncoded());
        return Files.writeString(
                folder.resolve(name + ".pem"),
                "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
    }

    private KeyStore keyStore(String name) throws Exception {
        Path file = folder.resolve(name + ".p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String options =
                "-genkeypair -alias %s -dname CN=%s -ext SAN=dns:localhost -keyalg EC -storetype PKCS12 -keystore %s -storepass %s"
                        .formatted(name, name, file, new String(PASSWORD));
        Process process = new ProcessBuilder(Stream.concat(Stream.of(keytool), Arrays.stream(options.split(" ", -1)))
                        .toList())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }
}
