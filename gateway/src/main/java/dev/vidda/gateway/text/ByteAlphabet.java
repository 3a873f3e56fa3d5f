package dev.vidda.gateway.text;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The alphabet in which byte-level BPE writes bytes: printable Latin-1 characters stand for themselves, the other 68
 * bytes for U+0100 onwards (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners").
 */
final class ByteAlphabet {

    private static final Map<Character, Byte> BYTES = bytesByCharacter();

    private ByteAlphabet() {}

    private static Map<Character, Byte> bytesByCharacter() {
        Map<Character, Byte> bytes = new HashMap<>();
        char next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || (value >= 0xAE);
            bytes.put(printable ? (char) value : next++, (byte) value);
        }
        return Map.copyOf(bytes);
    }

    /**
     * The bytes that {@code token} stands for; its own UTF-8 when any character is outside of the alphabet, as added
     * tokens may be.
     */
    static byte[] decode(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            Byte value = BYTES.get(token.charAt(i));
            if (value == null) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = value;
        }
        return bytes;
    }
}
