package dev.vidda.gateway.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of an API key: all that is kept of it. Keys are long and random, so a slow hash would protect nothing more.
 * Comparing takes the same time wherever two hashes differ.
 */
public final class KeyHash {
    private static final int BYTES = 32;

    private final byte[] bytes;

    private KeyHash(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The hash of a key as a client sends it. */
    public static KeyHash of(String key) {
        try {
            return new KeyHash(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** @throws IllegalArgumentException if the text is not 64 hexadecimal digits */
    public static KeyHash parse(String hex) {
        byte[] bytes;
        try {
            bytes = HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a sha256 must have 64 hexadecimal digits: " + e.getMessage(), e);
        }
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "a sha256 must have 64 hexadecimal digits, this one has " + hex.length());
        }
        return new KeyHash(bytes);
    }

    boolean matches(KeyHash other) {
        return MessageDigest.isEqual(bytes, other.bytes);
    }

    /** 64 hexadecimal digits. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyHash that && matches(that);
    }

    @Override
    public int hashCode() {
        return (bytes[0] & 0xff) << Byte.SIZE | bytes[1] & 0xff;
    }

    @Override
    public String toString() {
        return "KeyHash[" + hex().substring(0, Byte.SIZE) + "...]";
    }
}
