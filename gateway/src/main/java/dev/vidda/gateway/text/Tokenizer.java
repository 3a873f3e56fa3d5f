package dev.vidda.gateway.text;

/**
 * Turns text into token ids and back. Implementations are safe for use by many threads at once.
 *
 * <p>{@link #encode} recognises special tokens wherever they stand: the text {@code <|im_end|>} inside a user's message
 * becomes the same id as the one the chat template writes. A caller that must keep users from forging the structure of
 * a conversation has to look for {@link TokenTable#specialTexts()} in their text first.
 */
public interface Tokenizer extends AutoCloseable {

    /**
     * The ids of {@code text}, neither truncated nor padded.
     *
     * @param addSpecialTokens whether the tokenizer's own post-processor may add tokens around the text (a beginning of
     *     sequence, usually). Pass false for text that a chat template has rendered: the template wrote them already.
     */
    int[] encode(String text, boolean addSpecialTokens);

    /** Every token's text, bytes and role. */
    TokenTable tokens();

    /**
     * The text of {@code ids}, decoded as a text of its own. Ids without a token decode to nothing.
     *
     * @param skipSpecialTokens leave special tokens out of the text
     */
    default String decode(int[] ids, boolean skipSpecialTokens) {
        IncrementalDetokenizer detokenizer = IncrementalDetokenizer.forWholeText(tokens(), skipSpecialTokens);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(detokenizer.append(id));
        }
        return text.append(detokenizer.finish()).toString();
    }

    /** One more than the largest id; a model's logits may be wider than this. */
    default int vocabSize() {
        return tokens().size();
    }

    /** Frees what the tokenizer holds outside of the heap; it must not be used afterwards. */
    @Override
    void close();
}
