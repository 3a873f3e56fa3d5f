package dev.vidda.gateway.text;

import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;

/**
 * Turns one stream of token ids into text as they come. Not thread-safe; one per stream.
 *
 * <p>A piece of text never ends inside of a character: bytes of an unfinished one wait for the next token, and become
 * U+FFFD only when it can no longer be finished. The pieces together are exactly what {@link Tokenizer#decode} gives for
 * all ids at once. Time per token depends on the token's length only.
 *
 * <p>For byte-level vocabularies the result is what Hugging Face's {@code tokenizers} decodes, for any ids. For
 * SentencePiece vocabularies it differs in one point: there, one invalid byte in a run of {@code <0xNN>} tokens turns the
 * whole run into U+FFFD, which would mean holding text back until the run ends; here, as in SentencePiece itself, only
 * the invalid bytes do.
 */
public final class IncrementalDetokenizer {

    private final TokenTable tokens;
    private final IntPredicate hidden;
    private final Utf8Stream utf8;
    private int strip;
    private char stripped;
    private String markerDroppedFirst = "";

    private IncrementalDetokenizer(TokenTable tokens, IntPredicate hidden) {
        this.tokens = tokens;
        this.hidden = hidden;
        this.utf8 = new Utf8Stream(tokens.decoder().replacement());
    }

    /**
     * For ids that are a text of their own, such as a chat's answer: a space that a SentencePiece vocabulary puts before
     * the first word is dropped.
     */
    public static IncrementalDetokenizer forWholeText(TokenTable tokens, boolean skipSpecialTokens) {
        return forWholeText(tokens, hidden(tokens, skipSpecialTokens));
    }

    /** The same; tokens of {@code hidden} add nothing to the text. */
    public static IncrementalDetokenizer forWholeText(TokenTable tokens, IntPredicate hidden) {
        IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(tokens, hidden);
        switch (tokens.decoder()) {
            case PieceDecoder.ByteLevel _ -> {}
            case PieceDecoder.SentencePiece rules -> {
                detokenizer.strip = rules.strip();
                detokenizer.stripped = rules.stripped();
                detokenizer.markerDroppedFirst = rules.markerDroppedFirst();
            }
        }
        return detokenizer;
    }

    /** For ids that continue a text, such as a completion's: a space before the first word belongs to the text. */
    public static IncrementalDetokenizer forContinuation(TokenTable tokens, boolean skipSpecialTokens) {
        return forContinuation(tokens, hidden(tokens, skipSpecialTokens));
    }

    /** The same; tokens of {@code hidden} add nothing to the text. */
    public static IncrementalDetokenizer forContinuation(TokenTable tokens, IntPredicate hidden) {
        return new IncrementalDetokenizer(tokens, hidden);
    }

    private static IntPredicate hidden(TokenTable tokens, boolean skipSpecialTokens) {
        return skipSpecialTokens ? tokens::isSpecial : id -> false;
    }

    /** The text that is certain now that {@code id} has come; often empty. Ids without a token add nothing. */
    public String append(int id) {
        if (!tokens.contains(id) || hidden.test(id)) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        if (markerDroppedFirst.isEmpty()) {
            tokens.append(id, utf8, out);
        } else {
            appendFirst(id, out);
        }
        return strip > 0 ? stripBeginning(out) : out.toString();
    }

    /** The rest of the text: U+FFFD when it ends inside of a character, otherwise nothing. Call once, at the end. */
    public String finish() {
        StringBuilder out = new StringBuilder();
        utf8.finish(out);
        return out.toString();
    }

    private void appendFirst(int id, StringBuilder out) {
        String first = tokens.vocabularyText(id).replace(markerDroppedFirst, "");
        markerDroppedFirst = "";
        for (byte value : first.getBytes(StandardCharsets.UTF_8)) {
            utf8.append(value, out);
        }
    }

    private String stripBeginning(StringBuilder out) {
        int from = 0;
        while (strip > 0 && from < out.length()) {
            if (out.charAt(from) == stripped) {
                strip--;
                from++;
            } else {
                strip = 0;
            }
        }
        return out.substring(from);
    }
}
