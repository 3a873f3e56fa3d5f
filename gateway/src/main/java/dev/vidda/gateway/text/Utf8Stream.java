package dev.vidda.gateway.text;

/**
 * Decodes UTF-8 that arrives in pieces cut anywhere: a character appears with its last byte, and what cannot be a
 * character any more becomes U+FFFD at once. Invalid bytes are never dropped.
 */
final class Utf8Stream {

    /** How many U+FFFD stand for a broken sequence. */
    enum Replacement {
        /** One for the longest part that could have begun a character (Unicode 3.9, as WHATWG and Rust do). */
        EACH_SEQUENCE,
        /** One for every byte, as SentencePiece does. */
        EACH_BYTE
    }

    private static final char REPLACEMENT_CHARACTER = '\uFFFD';

    private final Replacement replacement;
    private int codePoint;
    private int seen;
    private int needed;
    private int lowest = 0x80;
    private int highest = 0xBF;

    Utf8Stream(Replacement replacement) {
        this.replacement = replacement;
    }

    void append(byte value, StringBuilder out) {
        int unsigned = value & 0xFF;
        if (seen == 0) {
            begin(unsigned, out);
        } else if (unsigned < lowest || unsigned > highest) {
            finish(out);
            begin(unsigned, out);
        } else {
            lowest = 0x80;
            highest = 0xBF;
            codePoint = codePoint << 6 | (unsigned & 0x3F);
            seen++;
            if (seen == needed) {
                out.appendCodePoint(codePoint);
                seen = 0;
            }
        }
    }

    /** Ends the text: a character that has begun can no longer end. */
    void finish(StringBuilder out) {
        if (seen > 0) {
            out.repeat(REPLACEMENT_CHARACTER, replacement == Replacement.EACH_BYTE ? seen : 1);
        }
        seen = 0;
        lowest = 0x80;
        highest = 0xBF;
    }

    private void begin(int lead, StringBuilder out) {
        if (lead < 0x80) {
            out.append((char) lead);
        } else if (lead >= 0xC2 && lead <= 0xDF) {
            begin(lead & 0x1F, 2);
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            begin(lead & 0x0F, 3);
            lowest = lead == 0xE0 ? 0xA0 : 0x80;
            highest = lead == 0xED ? 0x9F : 0xBF;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            begin(lead & 0x07, 4);
            lowest = lead == 0xF0 ? 0x90 : 0x80;
            highest = lead == 0xF4 ? 0x8F : 0xBF;
        } else {
            out.append(REPLACEMENT_CHARACTER);
        }
    }

    private void begin(int bits, int length) {
        codePoint = bits;
        needed = length;
        seen = 1;
    }
}
