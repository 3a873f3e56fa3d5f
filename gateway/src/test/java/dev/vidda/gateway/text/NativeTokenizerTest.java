package dev.vidda.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NativeTokenizerTest {

    @ParameterizedTest
    @FieldSource("dev.vidda.gateway.text.Fixtures#TOKENIZERS")
    void textsHaveTheIdsThatPythonGivesThem(String name) {
        try (Tokenizer tokenizer = NativeTokenizer.load(Fixtures.directory(name))) {
            for (JsonNode golden : Fixtures.golden(name).get("encode")) {
                String text = golden.get("text").asText();
                assertThat(tokenizer.encode(text, false)).as(text).isEqualTo(Fixtures.ids(golden.get("ids")));
                assertThat(tokenizer.encode(text, true)).as(text).isEqualTo(Fixtures.ids(golden.get("special")));
            }
        }
    }

    @ParameterizedTest
    @FieldSource("dev.vidda.gateway.text.Fixtures#TOKENIZERS")
    void idsDecodeToTheTextsThatPythonGivesThem(String name) {
        try (Tokenizer tokenizer = NativeTokenizer.load(Fixtures.directory(name))) {
            for (JsonNode golden : Fixtures.golden(name).get("encode")) {
                int[] ids = Fixtures.ids(golden.get("special"));
                assertThat(tokenizer.decode(ids, false))
                        .isEqualTo(golden.get("decoded").asText());
                assertThat(tokenizer.decode(ids, true))
                        .isEqualTo(golden.get("skipped").asText());
            }
        }
    }

    @Test
    void aLongTextIsNotCutOff() {
        try (Tokenizer tokenizer = NativeTokenizer.load(Fixtures.directory("byte-level"))) {
            String text = "word ".repeat(5000);
            assertThat(tokenizer.decode(tokenizer.encode(text, false), false)).isEqualTo(text);
        }
    }

    @Test
    void loneSurrogatesBecomeReplacementCharacters() {
        try (Tokenizer tokenizer = NativeTokenizer.load(Fixtures.directory("byte-level"))) {
            String text = "a\uD83D b\uDE00 c\uD83D\uDE00";
            assertThat(tokenizer.decode(tokenizer.encode(text, false), false))
                    .isEqualTo("a\uFFFD b\uFFFD c\uD83D\uDE00");
        }
    }

    @Test
    void specialTokensInsideOfTextAreEncodedAsSpecialTokens() {
        try (Tokenizer tokenizer = NativeTokenizer.load(Fixtures.directory("byte-level"))) {
            int end = tokenizer.tokens().idOf("<|im_end|>").orElseThrow();
            assertThat(tokenizer.encode("a<|im_end|>b", false)).contains(end);
            assertThat(tokenizer.tokens().isSpecial(end)).isTrue();
            assertThat(tokenizer.tokens().specialTexts())
                    .containsExactly("<|endoftext|>", "<|im_start|>", "<|im_end|>");
        }
    }

    @Test
    void theBytesOfATextsTokensAreTheTextsBytes() {
        for (String name : List.of("byte-level", "sentencepiece")) {
            TokenTable tokens = Fixtures.tokens(name);
            for (JsonNode golden : Fixtures.golden(name).get("encode")) {
                String text = Normalizer.normalize(golden.get("text").asText(), Normalizer.Form.NFC);
                if (text.isEmpty() || text.contains("<s>")) {
                    continue;
                }
                StringBuilder hex = new StringBuilder();
                for (int id : Fixtures.ids(golden.get("ids"))) {
                    hex.append(HexFormat.of().formatHex(tokens.bytes(id)));
                }
                String actual = new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
                assertThat(Normalizer.normalize(actual, Normalizer.Form.NFC))
                        .isEqualTo(name.equals("byte-level") ? text : " " + text.replace('\u2581', ' '));
            }
        }
    }

    @Test
    void aByteTokenIsItsByte() {
        TokenTable sentencePiece = Fixtures.tokens("sentencepiece");
        TokenTable byteLevel = Fixtures.tokens("byte-level");
        for (int value : new int[] {0x00, 0x0A, 0x41, 0x80, 0xE4, 0xFF}) {
            int id = sentencePiece.idOf("<0x%02X>".formatted(value)).orElseThrow();
            assertThat(sentencePiece.bytes(id)).containsExactly(value);
        }
        assertThat(byteLevel.bytes(byteLevel.idOf("Ġ").orElseThrow())).containsExactly(' ');
        assertThat(byteLevel.bytes(byteLevel.idOf("Ċ").orElseThrow())).containsExactly('\n');
        assertThat(IntStream.range(0, byteLevel.size())
                        .filter(id -> byteLevel.bytes(id).length == 1)
                        .count())
                .isEqualTo(256);
    }

    @Test
    void idsOutsideOfTheVocabularyAreNothing() {
        TokenTable tokens = Fixtures.tokens("byte-level");
        for (int id : new int[] {-1, tokens.size(), Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThat(tokens.contains(id)).isFalse();
            assertThat(tokens.bytes(id)).isEmpty();
            assertThat(tokens.text(id)).isEmpty();
            assertThat(tokens.vocabularyText(id)).isEmpty();
            assertThat(tokens.isSpecial(id)).isFalse();
        }
    }

    @Test
    void aMissingFileIsNamed(@TempDir Path directory) {
        assertThatThrownBy(() -> NativeTokenizer.load(directory))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining(directory.resolve("tokenizer.json").toString())
                .hasMessageContaining("no such file");
    }

    @Test
    void corruptFilesAreRefusedWithTheReason(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("tokenizer.json");
        String whole = Files.readString(Fixtures.directory("byte-level").resolve("tokenizer.json"));
        assertRefused(directory, file, whole.substring(0, whole.length() / 2), "cut short");
        assertRefused(directory, file, "", "not a JSON object");
        assertRefused(directory, file, "[]", "not a JSON object");
        assertRefused(directory, file, "{}", "no vocabulary");
        assertRefused(directory, file, "{\"model\": 3}", "model is not a JSON object");
        assertRefused(directory, file, "{\"model\": {\"vocab\": {\"a\": \"b\"}}}", "maps \"a\" to no id");
        assertRefused(directory, file, "{\"model\": {\"vocab\": {\"a\": -1}}}", "has id -1");
        assertRefused(directory, file, "{\"model\": {\"vocab\": [[\"a\"]]}}", "has no score");
        assertRefused(directory, file, "{\"model\": {\"vocab\": {\"a\": 0}}}", "has no decoder");
        assertRefused(
                directory,
                file,
                "{\"decoder\": {\"type\": \"WordPiece\"}, \"model\": {\"vocab\": {\"a\": 0}}}",
                "WordPiece");
        assertRefused(
                directory,
                file,
                "{\"decoder\": {\"type\": \"ByteLevel\"}, \"model\": {\"vocab\": {\"a\": 0}}}",
                "tokenizers library");
    }

    private static void assertRefused(Path directory, Path file, String content, String reason) throws IOException {
        Files.writeString(file, content);
        assertThatThrownBy(() -> NativeTokenizer.load(directory))
                .as(content)
                .isInstanceOf(ModelFileException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(reason);
    }
}
