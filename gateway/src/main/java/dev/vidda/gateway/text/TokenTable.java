package dev.vidda.gateway.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Every token of a vocabulary: its text in the vocabulary, the bytes it contributes to a decoded text, and whether it is
 * special. Immutable.
 *
 * <p>Bytes rather than text, because a token may hold a part of a character. How bytes follow from the vocabulary's text
 * depends on the tokenizer's {@link PieceDecoder}.
 */
public final class TokenTable {

    private static final byte[] NOTHING = {};

    private final @Nullable String[] texts;
    private final byte[] packed;
    private final int[] ends;
    private final BitSet special;
    private final PieceDecoder decoder;

    TokenTable(@Nullable String[] texts, BitSet special, PieceDecoder decoder) {
        this.texts = texts.clone();
        this.special = (BitSet) special.clone();
        this.decoder = decoder;
        this.ends = new int[texts.length];
        byte[] bytes = new byte[texts.length * 8];
        int end = 0;
        for (int id = 0; id < texts.length; id++) {
            String text = texts[id];
            if (text != null) {
                byte[] piece = decoder.bytes(text);
                if (end + piece.length > bytes.length) {
                    bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, end + piece.length));
                }
                System.arraycopy(piece, 0, bytes, end, piece.length);
                end += piece.length;
            }
            ends[id] = end;
        }
        this.packed = Arrays.copyOf(bytes, end);
    }

    /** One more than the largest id. */
    public int size() {
        return texts.length;
    }

    /** Whether a token has this id. */
    public boolean contains(int id) {
        return id >= 0 && id < texts.length && texts[id] != null;
    }

    /** Whether the token structures a conversation rather than being part of its text. */
    public boolean isSpecial(int id) {
        return id >= 0 && special.get(id);
    }

    /** The token as the vocabulary writes it ({@code Ġthe}, {@code ▁the}, {@code <0x0A>}); empty for an unknown id. */
    public String vocabularyText(int id) {
        String text = id >= 0 && id < texts.length ? texts[id] : null;
        return text == null ? "" : text;
    }

    /** The bytes that the token adds to a text, possibly a part of a character; empty for an unknown id. */
    public byte[] bytes(int id) {
        return contains(id) ? Arrays.copyOfRange(packed, start(id), ends[id]) : NOTHING;
    }

    /** {@link #bytes} as text, with U+FFFD for what is not a whole character: for showing a token by itself. */
    public String text(int id) {
        return contains(id) ? new String(packed, start(id), ends[id] - start(id), StandardCharsets.UTF_8) : "";
    }

    /** The id of a token that the vocabulary writes as {@code text}. */
    public OptionalInt idOf(String text) {
        for (int id = 0; id < texts.length; id++) {
            if (text.equals(texts[id])) {
                return OptionalInt.of(id);
            }
        }
        return OptionalInt.empty();
    }

    /** The texts of all special tokens, in order of their ids. */
    public List<String> specialTexts() {
        return special.stream().mapToObj(this::vocabularyText).toList();
    }

    PieceDecoder decoder() {
        return decoder;
    }

    /** Feeds the token's bytes to {@code utf8} without copying them. */
    void append(int id, Utf8Stream utf8, StringBuilder out) {
        for (int i = start(id); i < ends[id]; i++) {
            utf8.append(packed[i], out);
        }
    }

    private int start(int id) {
        return id == 0 ? 0 : ends[id - 1];
    }
}
