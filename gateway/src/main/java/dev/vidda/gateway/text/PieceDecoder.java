package dev.vidda.gateway.text;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** How the vocabulary's texts become bytes, and what happens at the beginning of a text. */
sealed interface PieceDecoder {

    /** The bytes a token contributes anywhere but at the beginning of a text. */
    byte[] bytes(String token);

    /** How broken UTF-8 shows. */
    Utf8Stream.Replacement replacement();

    /** Byte-level BPE (GPT-2, Llama 3, Qwen, DeepSeek): every character of a token is a byte. */
    record ByteLevel() implements PieceDecoder {
        @Override
        public byte[] bytes(String token) {
            return ByteAlphabet.decode(token);
        }

        @Override
        public Utf8Stream.Replacement replacement() {
            return Utf8Stream.Replacement.EACH_SEQUENCE;
        }
    }

    /**
     * SentencePiece vocabularies (Llama 2, Mistral, Gemma): words begin with a marker that stands for a space, and bytes
     * outside of the vocabulary are tokens like {@code <0xE4>}.
     *
     * @param replacements what to replace in each token, in order
     * @param byteFallback whether {@code <0xNN>} is a byte
     * @param strip how many of {@code stripped} to drop from the beginning of a text
     * @param stripped the character that {@code strip} counts
     * @param markerDroppedFirst a marker that the first token of a text loses altogether; empty for none
     */
    record SentencePiece(
            List<Substitution> replacements, boolean byteFallback, int strip, char stripped, String markerDroppedFirst)
            implements PieceDecoder {

        public SentencePiece {
            replacements = List.copyOf(replacements);
        }

        @Override
        public byte[] bytes(String token) {
            if (byteFallback && isByte(token)) {
                return new byte[] {(byte) Integer.parseInt(token, 3, 5, 16)};
            }
            String text = token;
            for (Substitution substitution : replacements) {
                text = text.replace(substitution.from(), substitution.to());
            }
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Utf8Stream.Replacement replacement() {
            return Utf8Stream.Replacement.EACH_BYTE;
        }

        private static boolean isByte(String token) {
            return token.length() == 6
                    && token.startsWith("<0x")
                    && token.endsWith(">")
                    && Character.digit(token.charAt(3), 16) >= 0
                    && Character.digit(token.charAt(4), 16) >= 0;
        }
    }

    /** Plain text to replace with other plain text. */
    record Substitution(String from, String to) {}
}
