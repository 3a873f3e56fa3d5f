package dev.vidda.node.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What the hub says a file's content hashes to. */
public sealed interface Checksum {
    /** SHA-256 of the content: files in large file storage. */
    record Sha256(String hex) implements Checksum {}

    /** SHA-1 of git's header and the content: all other files. */
    record GitBlob(String hex) implements Checksum {}

    /** The hub gave none. */
    record Unknown() implements Checksum {}

    /** Whether {@code file} has the expected content. */
    default boolean matches(Path file) throws IOException {
        return switch (this) {
            case Sha256 sha -> hash("SHA-256", "", file).equalsIgnoreCase(sha.hex());
            case GitBlob blob ->
                hash("SHA-1", "blob " + Files.size(file) + "\0", file).equalsIgnoreCase(blob.hex());
            case Unknown() -> true;
        };
    }

    /** A word for it that changes with the content. */
    default String identity() {
        return switch (this) {
            case Sha256 sha -> "sha256:" + sha.hex();
            case GitBlob blob -> "git:" + blob.hex();
            case Unknown() -> "unknown";
        };
    }

    private static String hash(String algorithm, String header, Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
        digest.update(header.getBytes(StandardCharsets.US_ASCII));
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
