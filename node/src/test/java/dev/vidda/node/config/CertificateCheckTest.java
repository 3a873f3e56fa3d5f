package dev.vidda.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

final class CertificateCheckTest {
    private static final String PASSWORD = "changeit";
    /** Within the thirty days of the certificates. */
    private static final Instant NOW = Instant.now().plus(Duration.ofDays(1));

    @TempDir
    private static Path folder;

    /** Two authorities, which sign nothing but themselves here. */
    @BeforeAll
    static void makeCertificates() throws Exception {
        make("one", "RSA");
        make("two", "RSA");
        make("elliptic", "EC");
        Files.writeString(folder.resolve("nonsense"), "nothing of the kind");
    }

    @Test
    void whatBelongsTogetherIsFine() {
        assertThat(problems("one.crt", "one.key", "one.crt", NOW)).isEmpty();
    }

    @Test
    void withoutFilesThereIsNothingToCheck() {
        assertThat(problems("", "", "", NOW)).isEmpty();
    }

    @Test
    void anExpiredCertificateIsNamed() {
        assertThat(problems("one.crt", "one.key", "", NOW.plus(Duration.ofDays(60))))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("tls.certificate = ")
                        .contains("one.crt")
                        .contains("expired at ")
                        .contains("have a new one issued"));
    }

    @Test
    void aCertificateOfTheFutureIsNamed() {
        assertThat(problems("one.crt", "one.key", "", NOW.minus(Duration.ofDays(60))))
                .singleElement()
                .satisfies(
                        line -> assertThat(line).contains("tls.certificate = ").contains("is not valid before"));
    }

    @Test
    void theKeyOfAnotherCertificateIsNamed() {
        assertThat(problems("one.crt", "two.key", "", NOW))
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains("tls.key = ").contains("this is not the key of the certificate in"));
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNamed() {
        assertThat(problems("one.crt", "one.key", "two.crt", NOW))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("tls.certificate = ")
                        .contains("this certificate is not from the authority in"));
    }

    @Test
    void missingFilesAreNamed() {
        assertThat(problems("none.crt", "none.key", "none.ca", NOW))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("there is no such file; check the path"));
    }

    @Test
    void filesOfAnotherKindAreNamed() {
        assertThat(problems("nonsense", "nonsense", "", NOW))
                .hasSize(2)
                .anySatisfy(
                        line -> assertThat(line).contains("tls.certificate = ").contains("holds no certificate"))
                .anySatisfy(line -> assertThat(line).contains("tls.key = ").contains("holds no private key"));
    }

    /** Akka reads no others. */
    @Test
    void onlyRsaKeysWillDoBetweenNodes() {
        assertThat(problems("elliptic.crt", "elliptic.key", "elliptic.crt", NOW))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("tls.key = ")
                        .contains("holds no private key that can be used; nodes need an RSA key"));
        assertThat(serverProblems("elliptic.crt", "elliptic.key")).isEmpty();
        assertThat(serverProblems("elliptic.crt", "one.key"))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("this is not the key of the certificate in"));
    }

    private static List<String> serverProblems(String certificate, String key) {
        Config config = ConfigFactory.parseMap(Map.of("tls.certificate", path(certificate), "tls.key", path(key)));
        Findings findings = new Findings(config, KnownKeys.of(ConfigFactory.empty()));
        new CertificateCheck(config, findings, NOW).checkServer("tls.certificate", "tls.key");
        return findings.problems().stream().map(Problem::line).toList();
    }

    private static List<String> problems(String certificate, String key, String authority, Instant now) {
        Config config = ConfigFactory.parseMap(
                Map.of("tls.certificate", path(certificate), "tls.key", path(key), "tls.authority", path(authority)));
        Findings findings = new Findings(config, KnownKeys.of(ConfigFactory.empty()));
        new CertificateCheck(config, findings, now).checkNode("tls.certificate", "tls.key", "tls.authority");
        return findings.problems().stream().map(Problem::line).toList();
    }

    private static String path(String name) {
        return name.isEmpty() ? "" : folder.resolve(name).toString();
    }

    private static void make(String name, String algorithm) throws Exception {
        Path store = folder.resolve(name + ".p12");
        keytool(store, "-genkeypair", "-alias", name, "-keyalg", algorithm, "-dname", "CN=" + name, "-validity", "30");
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        writePem(name + ".crt", "CERTIFICATE", keys.getCertificate(name).getEncoded());
        writePem(
                name + ".key",
                "PRIVATE KEY",
                keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
    }

    private static void writePem(String file, String what, byte[] bytes) throws IOException {
        String encoded = Base64.getMimeEncoder().encodeToString(bytes);
        Files.writeString(
                folder.resolve(file), "-----BEGIN " + what + "-----\n" + encoded + "\n-----END " + what + "-----\n");
    }

    private static void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
