package dev.vidda.gateway.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys as files hold them (RFC 7468). */
final class Pem {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519", "Ed448");

    private Pem() {}

    /** @throws IllegalArgumentException if the file holds no certificate */
    static X509Certificate[] certificates(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            X509Certificate[] chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toArray(X509Certificate[]::new);
            if (chain.length == 0) {
                throw new IllegalArgumentException(file + " holds no certificate");
            }
            return chain;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " holds no certificate: " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException if the file holds no key in PKCS #8, or one that needs a password */
    static PrivateKey key(Path file) throws IOException {
        Matcher matcher = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!matcher.find()) {
            throw new IllegalArgumentException(file + " holds no private key");
        }
        if (!matcher.group(1).isEmpty()) {
            throw new IllegalArgumentException(file + " holds a key in the form " + matcher.group(1)
                    + "PRIVATE KEY; 'openssl pkcs8 -topk8 -nocrypt' makes it PKCS #8");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(matcher.group(2));
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException e) {
                continue;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform has " + algorithm, e);
            }
        }
        throw new IllegalArgumentException(file + " holds a key of none of the kinds " + ALGORITHMS);
    }
}
