package dev.vidda.protocol.grammar;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AutomatonTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "root ::= \"ab\" | \"a\" [0-9]+          ~ ab a0 a12                  ~ a b abc a0b",
                "root ::= [a-c]{2,3}                   ~ ab abc                     ~ a abca",
                "root ::= (\"x\" [yz]?){2}             ~ xx xyx xyxz                ~ x xyz xxx",
                "root ::= \"a\"{2,}                    ~ aa aaaa                    ~ a",
                "root ::= list list ::= \"(\" list* \")\" ~ () (()) (()(()))        ~ ( ()) ()()",
                "root ::= \"a\" root | \"b\"           ~ b aaab                     ~ a ba",
                "root ::= ((\"a\"|\"b\"){1,2} \",\"){2} ~ a,b, ab,ba, a,ab,          ~ a, abc, ,, a,b,a,",
                "root ::= \"a\" (dead | \"b\")? dead ::= \"c\" dead ~ a ab          ~ ac acc",
                "root ::= [^a-z]                       ~ A 0                        ~ a AB",
                "root ::= \"\\x22\\\\n\" \"é\"           ~ `\"\\né`                    ~ x",
            })
    void textsFollowTheGrammar(String grammar, String accepted, String refused) {
        for (String text : accepted.split(" ")) {
            assertThat(follows(grammar, text)).as(text).isTrue();
        }
        for (String text : refused.split(" ")) {
            assertThat(follows(grammar, text)).as(text).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "root ::= root \"a\" | \"a\"",
                "root ::= x x ::= \"\" y y ::= x \"a\"",
                "root ::= \"a\" root",
                "root ::= missing",
                "other ::= \"a\"",
                "root ::= (\"a\"",
                "root ::= \"a",
                "root ::= [b-a]",
                "root ::= \"a\" root ::= \"b\"",
                "root ::= (\"a\"?){1,1000}",
            })
    void aGrammarThatCannotBeUsedIsRefused(String grammar) {
        assertThatThrownBy(() -> new Automaton(GrammarText.parse(grammar)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("grammar");
    }

    /** Regular expressions are what a grammar without recursion is; java.util.regex is the judge. */
    @Test
    void randomGrammarsAgreeWithRegularExpressions() {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            StringBuilder regex = new StringBuilder();
            Expr expr = random(random, 3, regex);
            Grammar grammar = new Grammar(Map.of("root", expr));
            Grammar again = GrammarText.parse(GrammarText.print(grammar));
            Pattern pattern = Pattern.compile(regex.toString());
            Automaton automaton = new Automaton(again);
            for (int i = 0; i < 60; i++) {
                StringBuilder text = new StringBuilder();
                for (int length = random.nextInt(8); length > 0; length--) {
                    text.append((char) ('a' + random.nextInt(3)));
                }
                assertThat(accepts(automaton, text.toString()))
                        .as("seed " + seed + ": " + regex + " on " + text)
                        .isEqualTo(pattern.matcher(text).matches());
            }
        }
    }

    @Test
    void theStacksOfAListWrittenAsRecursionStaySmall() {
        Automaton automaton = new Automaton(GrammarText.parse("root ::= [a-z] root | \".\""));
        Automaton.State state = automaton.start();
        for (int i = 0; i < 10_000; i++) {
            state = after(state, 'x');
        }
        assertThat(automaton.size()).isLessThan(10);
        assertThat(after(state, '.').isAccepting()).isTrue();
    }

    @Test
    void manyStatesAreForgottenWithoutHarm() {
        Automaton automaton = new Automaton(GrammarText.parse("root ::= \"(\" root \")\" | \"\" | [a]{0,60000}"));
        Automaton.State state = automaton.start();
        for (int i = 0; i < 50_000; i++) {
            state = after(state, 'a');
        }
        assertThat(state.isAccepting()).isTrue();
        assertThat(automaton.size()).isLessThanOrEqualTo(20_000);
    }

    private static Expr random(Random random, int depth, StringBuilder regex) {
        Expr expr = random.nextInt(3) == 0 || depth == 0 ? leaf(random, regex) : inner(random, depth - 1, regex);
        return expr;
    }

    private static Expr leaf(Random random, StringBuilder regex) {
        char c = (char) ('a' + random.nextInt(3));
        if (random.nextBoolean()) {
            regex.append('[').append(c).append("-c]");
            return Expr.ascii(c + "-c");
        }
        regex.append(c);
        return Expr.literal(String.valueOf(c));
    }

    private static Expr inner(Random random, int depth, StringBuilder regex) {
        regex.append("(?:");
        Expr expr;
        if (random.nextInt(3) == 0) {
            Expr body = random(random, depth, regex);
            int min = random.nextInt(3);
            int max = random.nextInt(4) == 0 ? Expr.ANY_NUMBER : min + random.nextInt(3);
            regex.append("){")
                    .append(min)
                    .append(',')
                    .append(max < 0 ? "" : max)
                    .append("}");
            return new Expr.Repeat(body, min, max);
        }
        Expr first = random(random, depth, regex);
        boolean alternative = random.nextBoolean();
        regex.append(alternative ? "|" : "");
        Expr second = random(random, depth, regex);
        expr = alternative ? new Expr.Alt(java.util.List.of(first, second)) : Expr.seq(first, second);
        regex.append(')');
        return expr;
    }

    private static boolean follows(String grammar, String text) {
        Map<String, Expr> rules = new LinkedHashMap<>(GrammarText.parse(grammar).rules());
        Automaton automaton = new Automaton(new Grammar(rules));
        Automaton printed = new Automaton(GrammarText.parse(GrammarText.print(new Grammar(rules))));
        boolean accepted = accepts(automaton, text);
        assertThat(accepts(printed, text)).isEqualTo(accepted);
        return accepted;
    }

    private static boolean accepts(Automaton automaton, String text) {
        Automaton.State state = automaton.start();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            state = state.next(value);
            if (state == null) {
                return false;
            }
        }
        return state.isAccepting();
    }

    private static Automaton.State after(Automaton.State state, char next) {
        return Objects.requireNonNull(state.next((byte) next));
    }
}
