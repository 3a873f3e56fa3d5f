package dev.vidda.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;

class IncrementalDetokenizerTest {

    private static final long SEED = Long.getLong("seed", 20261122L);

    private static List<String> pieces(IncrementalDetokenizer detokenizer, int... ids) {
        List<String> pieces = new ArrayList<>();
        for (int id : ids) {
            pieces.add(detokenizer.append(id));
        }
        pieces.add(detokenizer.finish());
        return pieces;
    }

    @ParameterizedTest
    @FieldSource("dev.vidda.gateway.text.Fixtures#TOKENIZERS")
    void piecesOfRandomIdsTogetherAreWhatPythonDecodes(String name) {
        TokenTable tokens = Fixtures.tokens(name);
        int compared = 0;
        for (JsonNode golden : Fixtures.golden(name).get("decode")) {
            int[] ids = Fixtures.ids(golden.get("ids"));
            if (isRunWithBrokenCharacter(tokens, ids)) {
                continue;
            }
            assertThat(String.join("", pieces(IncrementalDetokenizer.forWholeText(tokens, false), ids)))
                    .as(golden.get("ids").toString())
                    .isEqualTo(golden.get("decoded").asText());
            assertThat(String.join("", pieces(IncrementalDetokenizer.forWholeText(tokens, true), ids)))
                    .as(golden.get("ids").toString())
                    .isEqualTo(golden.get("skipped").asText());
            compared++;
        }
        assertThat(compared).isGreaterThan(400);
    }

    /** The one case where we keep to SentencePiece and Python's tokenizers does not: see the class. */
    private static boolean isRunWithBrokenCharacter(TokenTable tokens, int[] ids) {
        String text = String.join("", pieces(IncrementalDetokenizer.forContinuation(tokens, true), ids))
                + String.join("", pieces(IncrementalDetokenizer.forContinuation(tokens, false), ids));
        boolean bytes = false;
        for (int id : ids) {
            bytes |= tokens.vocabularyText(id).startsWith("<0x");
        }
        return bytes && text.indexOf('\uFFFD') >= 0;
    }

    @ParameterizedTest
    @FieldSource("dev.vidda.gateway.text.Fixtures#TOKENIZERS")
    void noPieceEndsInsideOfACharacter(String name) {
        TokenTable tokens = Fixtures.tokens(name);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 2000; round++) {
            IncrementalDetokenizer detokenizer = IncrementalDetokenizer.forWholeText(tokens, random.nextBoolean());
            int[] ids =
                    random.ints(1 + random.nextInt(30), -1, tokens.size() + 2).toArray();
            for (String piece : pieces(detokenizer, ids)) {
                assertThat(piece.codePoints()
                                .filter(c -> c >= 0xD800 && c <= 0xDFFF)
                                .count())
                        .as("seed %d, round %d", SEED, round)
                        .isZero();
            }
            assertThat(detokenizer.finish()).as("held back after the end").isEmpty();
        }
    }

    @ParameterizedTest
    @FieldSource("dev.vidda.gateway.text.Fixtures#TOKENIZERS")
    void aWellFormedTextComesOutWithoutReplacements(String name) {
        TokenTable tokens = Fixtures.tokens(name);
        for (JsonNode golden : Fixtures.golden(name).get("encode")) {
            List<String> pieces =
                    pieces(IncrementalDetokenizer.forWholeText(tokens, false), Fixtures.ids(golden.get("special")));
            assertThat(String.join("", pieces)).isEqualTo(golden.get("decoded").asText());
            assertThat(pieces.getLast()).isEmpty();
        }
    }

    @Test
    void aCharacterAppearsWithItsLastByte() {
        TokenTable tokens = Fixtures.tokens("sentencepiece");
        int[] emoji = {bytes(tokens, 0xF0), bytes(tokens, 0x9F), bytes(tokens, 0x98), bytes(tokens, 0x80)};
        assertThat(pieces(IncrementalDetokenizer.forWholeText(tokens, false), emoji))
                .containsExactly("", "", "", "\uD83D\uDE00", "");
    }

    @Test
    void aTextThatEndsInsideOfACharacterEndsWithReplacements() {
        TokenTable sentencePiece = Fixtures.tokens("sentencepiece");
        int[] start = {bytes(sentencePiece, 0xE4), bytes(sentencePiece, 0xBD)};
        assertThat(pieces(IncrementalDetokenizer.forWholeText(sentencePiece, false), start))
                .containsExactly("", "", "\uFFFD\uFFFD");
        TokenTable byteLevel = Fixtures.tokens("byte-level");
        int[] same = {byteLevel.idOf("ä").orElseThrow(), byteLevel.idOf("½").orElseThrow()};
        assertThat(pieces(IncrementalDetokenizer.forWholeText(byteLevel, false), same))
                .containsExactly("", "", "\uFFFD");
    }

    @Test
    void aTextOfItsOwnLosesTheSpaceBeforeItsFirstWordAndAContinuationKeepsIt() {
        for (String name : List.of("sentencepiece", "metaspace")) {
            TokenTable tokens = Fixtures.tokens(name);
            int word = tokens.idOf("▁the").orElseThrow();
            assertThat(pieces(IncrementalDetokenizer.forWholeText(tokens, true), word, word))
                    .containsExactly("the", " the", "");
            assertThat(pieces(IncrementalDetokenizer.forContinuation(tokens, true), word, word))
                    .containsExactly(" the", " the", "");
        }
    }

    @Test
    void specialTokensAreLeftOutOnlyWhenAsked() {
        TokenTable tokens = Fixtures.tokens("byte-level");
        int[] ids = {
            tokens.idOf("A").orElseThrow(),
            tokens.idOf("<|im_end|>").orElseThrow(),
            tokens.idOf("<think>").orElseThrow()
        };
        assertThat(pieces(IncrementalDetokenizer.forWholeText(tokens, true), ids))
                .containsExactly("A", "", "<think>", "");
        assertThat(pieces(IncrementalDetokenizer.forWholeText(tokens, false), ids))
                .containsExactly("A", "<|im_end|>", "<think>", "");
    }

    private static int bytes(TokenTable tokens, int value) {
        return tokens.idOf("<0x%02X>".formatted(value)).orElseThrow();
    }
}
