import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** A certificate that nobody has reason to trust, made by the JDK's keytool. */
final class Certificate {
    private static final String NAME = "gateway";
    private static final String PASSWORD = "changeit";

    private Certificate() {}

    /** Writes it to a folder, and returns the options of a gateway's JVM that has it. */
    static List<String> make(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        Path file = folder.resolve("gateway.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair", "-alias", NAME, "-dname", "CN=" + NAME, "-keyalg", "EC", "-storetype", "PKCS12",
                        "-keystore", file.toString(), "-storepass", PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool makes no certificate, see " + folder.resolve("keytool.log"));
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        Path certificate = write(folder.resolve("gateway.crt"), "CERTIFICATE", store.getCertificate(NAME).getEncoded());
        byte[] secret = store.getKey(NAME, PASSWORD.toCharArray()).getEncoded();
        return List.of(
                "-Dvidda.gateway.security.tls.certificate=" + certificate,
                "-Dvidda.gateway.security.tls.key=" + write(folder.resolve("gateway.key"), "PRIVATE KEY", secret));
    }

    private static Path write(Path file, String what, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder().encodeToString(content);
        return Files.writeString(file, "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(what, body, what));
    }
}
