package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Events of one choice that add text and nothing else. Of such an event only the text changes, so what stands around it is
 * taken once from one that was written the long way. Not thread-safe.
 */
final class TextEvents {
    /** The text of the event that shows what stands around; all that comes after it is fixed. */
    static final String SAMPLE = "\u0001";

    private static final byte[] SAMPLE_JSON = "\"\\u0001\"".getBytes(StandardCharsets.US_ASCII);

    private final byte[] before;
    private final byte[] after;

    /**
     * Takes an event apart.
     *
     * @param event has {@link #SAMPLE} as its text
     * @throws IllegalArgumentException if it has not
     */
    TextEvents(byte[] event) {
        int at = event.length - SAMPLE_JSON.length;
        while (at >= 0 && !Arrays.equals(event, at, at + SAMPLE_JSON.length, SAMPLE_JSON, 0, SAMPLE_JSON.length)) {
            at--;
        }
        if (at < 0) {
            throw new IllegalArgumentException("no sample in " + new String(event, StandardCharsets.UTF_8));
        }
        before = Arrays.copyOf(event, at + 1);
        after = Arrays.copyOfRange(event, at + SAMPLE_JSON.length - 1, event.length);
    }

    /** Writes the event that adds {@code text}. */
    void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(before);
        out.writeBytes(
                isPlain(text)
                        ? text.getBytes(StandardCharsets.ISO_8859_1)
                        : JsonStringEncoder.getInstance().quoteAsUTF8(text));
        out.writeBytes(after);
    }

    /** Whether its characters stand in JSON as they are, a byte each. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c > '~') {
                return false;
            }
        }
        return true;
    }
}
