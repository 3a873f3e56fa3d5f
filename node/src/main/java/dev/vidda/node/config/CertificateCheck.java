package dev.vidda.node.config;

import akka.pki.pem.DERPrivateKeyLoader;
import akka.pki.pem.PEMDecoder;
import akka.pki.pem.PEMLoadingException;
import com.typesafe.config.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Whether the files of a certificate can be read, go together, and hold today. */
final class CertificateCheck {
    private static final String PERMISSIONS = "check the path, and that this user may read it";
    private static final String SERVER_KEY = "give a PEM file; 'openssl pkcs8 -topk8 -nocrypt' makes it PKCS #8";
    private static final String NODE_KEY = "nodes need an RSA key in PEM without a password: 'openssl genrsa 2048'";
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519", "Ed448");
    private static final String RENEW = "have a new one issued, and check the machine's clock";

    private final Config config;
    private final Findings findings;
    private final Instant now;

    CertificateCheck(Config config, Findings findings, Instant now) {
        this.config = config;
        this.findings = findings;
        this.now = now;
    }

    /** Checks the PEM files of a server that the two keys name; nothing if neither names one. */
    void checkServer(String certificateKey, String privateKeyKey) {
        check(certificateKey, privateKeyKey, privateKey(privateKeyKey, CertificateCheck::serverKey, SERVER_KEY));
    }

    /** The same for a node of a cluster, whose certificate must be from the authority that the third key names. */
    void checkNode(String certificateKey, String privateKeyKey, String authorityKey) {
        check(certificateKey, privateKeyKey, privateKey(privateKeyKey, CertificateCheck::nodeKey, NODE_KEY));
        Optional<X509Certificate> certificate = certificate(certificateKey);
        Optional<X509Certificate> authority = certificate(authorityKey);
        if (certificate.isPresent() && authority.isPresent() && !isFrom(certificate.get(), authority.get())) {
            findings.add(
                    certificateKey,
                    "this certificate is not from the authority in " + config.getString(authorityKey),
                    "take the authority that issued the certificates of all nodes");
        }
    }

    private void check(String certificateKey, String privateKeyKey, Optional<PrivateKey> key) {
        Optional<X509Certificate> certificate = certificate(certificateKey);
        if (certificate.isPresent() && key.isPresent() && !belong(certificate.get(), key.get())) {
            findings.add(
                    privateKeyKey,
                    "this is not the key of the certificate in " + config.getString(certificateKey),
                    "give the key that the certificate was requested with");
        }
    }

    private Optional<X509Certificate> certificate(String key) {
        Optional<String> text = read(key);
        if (text.isEmpty() || findings.concern(key)) {
            return Optional.empty();
        }
        try {
            Collection<?> all = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(text.get().getBytes(StandardCharsets.US_ASCII)));
            if (all.isEmpty()) {
                throw new CertificateException("no BEGIN CERTIFICATE");
            }
            X509Certificate first = (X509Certificate) all.iterator().next();
            checkDates(key, first);
            return Optional.of(first);
        } catch (CertificateException e) {
            findings.add(key, "this file holds no certificate", "give a PEM file with -----BEGIN CERTIFICATE-----");
            return Optional.empty();
        }
    }

    private void checkDates(String key, X509Certificate certificate) {
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            findings.add(
                    key,
                    "this certificate expired at " + certificate.getNotAfter().toInstant(),
                    RENEW);
        } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
            findings.add(
                    key,
                    "this certificate is not valid before "
                            + certificate.getNotBefore().toInstant(),
                    RENEW);
        }
    }

    private Optional<PrivateKey> privateKey(String key, KeyReader reader, String remedy) {
        return read(key).flatMap(text -> {
            try {
                return Optional.of(reader.read(text));
            } catch (GeneralSecurityException | PEMLoadingException | IllegalArgumentException e) {
                findings.add(key, "this file holds no private key that can be used", remedy);
                return Optional.empty();
            }
        });
    }

    /** What the gateway reads. */
    private static PrivateKey serverKey(String text) throws GeneralSecurityException, PEMLoadingException {
        PEMDecoder.DERData data = PEMDecoder.decode(text);
        if (data.label().equals("PRIVATE KEY")) {
            for (String algorithm : ALGORITHMS) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(data.bytes()));
                } catch (InvalidKeySpecException e) {
                    continue;
                }
            }
        }
        throw new InvalidKeySpecException("no key in PKCS #8");
    }

    /** What Akka reads. */
    private static PrivateKey nodeKey(String text) throws PEMLoadingException {
        return DERPrivateKeyLoader.load(PEMDecoder.decode(text));
    }

    @FunctionalInterface
    private interface KeyReader {
        PrivateKey read(String text) throws GeneralSecurityException, PEMLoadingException;
    }

    private Optional<String> read(String key) {
        String name = config.getString(key);
        if (name.isBlank()) {
            return Optional.empty();
        }
        Path file = Path.of(name);
        try {
            return Optional.of(Files.readString(file, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            if (!findings.concern(key)) {
                findings.add(
                        key, Files.exists(file) ? "this file cannot be read" : "there is no such file", PERMISSIONS);
            }
            return Optional.empty();
        }
    }

    private static boolean isFrom(X509Certificate certificate, X509Certificate authority) {
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Whether what the key signs can be verified with the certificate. */
    private static boolean belong(X509Certificate certificate, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        byte[] sample = "sample".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(sample);
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate.getPublicKey());
            verifying.update(sample);
            return verifying.verify(signing.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
