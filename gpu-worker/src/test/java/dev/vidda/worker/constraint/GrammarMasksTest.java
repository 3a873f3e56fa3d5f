package dev.vidda.worker.constraint;

import dev.vidda.protocol.grammar.Automaton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GrammarMasksTest {
    private static final String JSON = """
            root ::= value
            value ::= object | array | string | "-"? [0-9]{1,4} ("." [0-9]+)? | "true" | "false" | "null"
            object ::= "{" (member (", " member)*)? "}"
            member ::= string ": " value
            array ::= "[" (value ("," value){0,5})? "]"
            string ::= "\\"" char{0,12} "\\""
            char ::= [^\\x00-\\x1f\\x22\\x5c] | "\\\\" ["nt]
            """;
    private static final String TOOL = "root ::= \"<tool>\" (\"a\" | \"b\")+ rest rest ::= \"</tool>\" (\"\\n\" root)?";

    @Test
    void aMaskHoldsExactlyTheTokensWhoseBytesMayFollow() {
        for (String grammar : List.of(JSON, TOOL, "root ::= [a-z]*", "root ::= \"ab\"{2,3} | \"aba\"")) {
            for (int seed = 0; seed < 30; seed++) {
                walk(grammar, seed);
            }
        }
    }

    private static void walk(String grammar, int seed) {
        Random random = new Random(seed);
        List<byte[]> words = words(random);
        Vocabulary vocabulary = vocabulary(words);
        GrammarMasks masks = new GrammarMasks(grammar, new TokenTrie(vocabulary));
        Automaton.State state = masks.start();
        for (int step = 0; step < 40 && state.canContinue(); step++) {
            TokenMask mask = masks.mask(state);
            List<Integer> allowed = new ArrayList<>();
            for (int id = 0; id < words.size(); id++) {
                boolean follows = words.get(id).length > 0 && masks.next(state, words.get(id)) != null;
                assertThat(mask.allows(id))
                        .as(
                                "seed %d, step %d, token '%s'",
                                seed, step, new String(words.get(id), StandardCharsets.ISO_8859_1))
                        .isEqualTo(follows);
                if (follows) {
                    allowed.add(id);
                }
            }
            assertThat(allowed).isNotEmpty();
            byte[] word = words.get(allowed.get(random.nextInt(allowed.size())));
            state = Objects.requireNonNull(masks.next(state, word));
        }
    }

    /** All single bytes, and pieces of what the grammars like; some twice, some empty. */
    private static List<byte[]> words(Random random) {
        List<byte[]> words = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            words.add(new byte[] {(byte) value});
        }
        String alphabet = "\"{}[],: ab<>/tol0123\\n.-";
        for (int i = 0; i < 400; i++) {
            StringBuilder word = new StringBuilder();
            for (int length = random.nextInt(6); length > 0; length--) {
                word.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            words.add(word.toString().getBytes(StandardCharsets.UTF_8));
        }
        for (String word : List.of("true", "null", "\": ", "\", \"", "\"}", "<tool>", "</tool>\n", "é", "}}]", "")) {
            words.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return words;
    }

    static Vocabulary vocabulary(List<byte[]> words) {
        return new Vocabulary() {
            @Override
            public int size() {
                return words.size();
            }

            @Override
            public byte[] bytes(int id) {
                return words.get(id);
            }
        };
    }
}
