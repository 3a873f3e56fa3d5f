package dev.vidda.gateway.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class Utf8StreamTest {

    private static final long SEED = Long.getLong("seed", 7L);

    private static String decode(Utf8Stream.Replacement replacement, byte... bytes) {
        Utf8Stream stream = new Utf8Stream(replacement);
        StringBuilder out = new StringBuilder();
        for (byte value : bytes) {
            stream.append(value, out);
        }
        stream.finish(out);
        return out.toString();
    }

    @Test
    void everyCharacterIsDecoded() {
        StringBuilder all = new StringBuilder();
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                all.appendCodePoint(codePoint);
            }
        }
        byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
        assertThat(decode(Utf8Stream.Replacement.EACH_SEQUENCE, bytes).contentEquals(all))
                .isTrue();
    }

    @Test
    void oneReplacementStandsForTheLongestPartThatCouldHaveBegunACharacter() {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] likely = {
            'a',
            (byte) 0xC3,
            (byte) 0xA9,
            (byte) 0xE4,
            (byte) 0xBD,
            (byte) 0xA0,
            (byte) 0xF0,
            (byte) 0x9F,
            (byte) 0x98,
            (byte) 0x80,
            (byte) 0xED,
            (byte) 0xE0,
            (byte) 0xF4,
            (byte) 0xF5,
            (byte) 0xC0,
            (byte) 0x8F
        };
        for (int round = 0; round < 500; round++) {
            byte[] bytes = new byte[random.nextInt(1, 12)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextInt(4) == 0 ? (byte) random.nextInt() : likely[random.nextInt(likely.length)];
            }
            assertThat(decode(Utf8Stream.Replacement.EACH_SEQUENCE, bytes))
                    .as("seed %d, round %d", SEED, round)
                    .isEqualTo(reference(bytes));
        }
    }

    @Test
    void eachBrokenByteIsReplacedWhereAsked() {
        byte[] bytes = {(byte) 0xE4, (byte) 0xBD, 'a', (byte) 0xF0, (byte) 0x9F, (byte) 0x98, (byte) 0xFF};
        assertThat(decode(Utf8Stream.Replacement.EACH_BYTE, bytes)).isEqualTo("\uFFFD\uFFFDa\uFFFD\uFFFD\uFFFD\uFFFD");
        assertThat(decode(Utf8Stream.Replacement.EACH_SEQUENCE, bytes)).isEqualTo("\uFFFDa\uFFFD\uFFFD");
    }

    /** The definition, by trying: whole characters, else the longest part that some bytes would complete. */
    private static String reference(byte[] bytes) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < bytes.length; ) {
            int whole = longest(bytes, at, false);
            if (whole > 0) {
                out.append(new String(bytes, at, whole, StandardCharsets.UTF_8));
                at += whole;
            } else {
                out.append('\uFFFD');
                at += Math.max(1, longest(bytes, at, true));
            }
        }
        return out.toString();
    }

    private static int longest(byte[] bytes, int at, boolean unfinished) {
        for (int length = Math.min(4, bytes.length - at); length > 0; length--) {
            byte[] part = Arrays.copyOfRange(bytes, at, at + length);
            if (unfinished ? canBeCompleted(part) : isCharacter(part)) {
                return length;
            }
        }
        return 0;
    }

    private static boolean canBeCompleted(byte[] part) {
        if (part.length > 3) {
            return false;
        }
        // The bounds of the ranges that UTF-8 tells apart in second bytes.
        for (int next : new int[] {0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF}) {
            byte[] longer = Arrays.copyOf(part, part.length + 1);
            longer[part.length] = (byte) next;
            if (isCharacter(longer) || canBeCompleted(longer)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCharacter(byte[] part) {
        CharBuffer out = CharBuffer.allocate(8);
        boolean valid = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(part), out, true)
                .isUnderflow();
        return valid && Character.codePointCount(out.flip(), 0, out.length()) == 1;
    }
}
