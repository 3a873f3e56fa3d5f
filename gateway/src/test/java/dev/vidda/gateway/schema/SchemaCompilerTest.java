package dev.vidda.gateway.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vidda.protocol.grammar.Automaton;
import dev.vidda.protocol.grammar.Expr;
import dev.vidda.protocol.grammar.GrammarText;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SchemaCompilerTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{}                       ~ {}§[1, 2]§'x'§-1.5e3§null§{'a': {'b': [true]}} ~ {'a'}§[1,]§01§'",
                "{'type':'integer'}       ~ 0§-12§7                        ~ 1.0§01§-0§x",
                "{'type':'integer','minimum':-5,'exclusiveMaximum':12} ~ -5§-1§0§7§11 ~ -6§12§100§-10",
                "{'type':'integer','minimum':95,'maximum':1203} ~ 95§99§100§999§1000§1203 ~ 94§9§1204§2000§12030",
                "{'type':'number','minimum':0.25,'maximum':3} ~ 0.25§0.3§1§1.0§2.99§3§3.0§0.250 ~ 0.2§0§3.01§4§-1",
                "{'type':'number','exclusiveMinimum':0,'maximum':1} ~ 0.001§1§0.5 ~ 0§0.0§1.1",
                "{'type':'number','minimum':-1.5,'maximum':-0.5} ~ -1.5§-1§-0.5§-0.75 ~ -1.6§-0.4§1§0",
                "{'type':'string','minLength':2,'maxLength':3} ~ 'ab'§'äöü'§'\\n\\u00e4' ~ 'a'§'abcd'§ab",
                "{'type':'string'}        ~ ''§'\\ud83d\\ude00'            ~ '\\ud83d'§'\\x'",
                "{'type':'string','pattern':'^a+$'} ~ 'a'§'aaa'             ~ ''§'ab'",
                "{'type':'string','pattern':'b'} ~ 'b'§'abc'§'\\nb'     ~ 'ac'",
                "{'type':'string','format':'date'} ~ '2026-02-28'           ~ '2026-02-30'§'26-01-01'",
                "{'enum':['a',1,null,{'b':2}]} ~ 'a'§1§null§{'b':2}         ~ 2§'1'",
                "{'const':'x'}            ~ 'x'                            ~ 'y'",
                "{'type':['string','null']} ~ 'x'§null                      ~ 1",
                "{'type':'string','nullable':true} ~ 'x'§null               ~ 1",
                "{'type':'array','items':{'type':'boolean'},'minItems':1,'maxItems':2} ~ [true]§[true, false] ~ []§[true,true,true]",
                "{'type':'array','prefixItems':[{'type':'integer'},{'const':'a'}],'items':false} ~ [1,'a'] ~ ['a',1]§[1,'a',2]",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'null'}},'required':['b']} ~ {'a':1,'b':null}§{'b': null} ~ {}§{'a':1}§{'c':1,'b':null}",
                "{'type':'object','properties':{'a':{},'b':{}}} ~ {}§{'b':1}§{'a':1}§{'a':1, 'b':2} ~ {'b':1,'a':2}",
                "{'type':'object','additionalProperties':{'type':'integer'}} ~ {}§{'x':1}§{'x':1,'y':2} ~ {'x':'y'}",
                "{'type':'object','properties':{'ab':{'const':1}},'additionalProperties':{'const':2}} ~ {'ab':1}§{'ab':1,'a':2}§{'abc':2,'b':2} ~ {'ab':2}",
                "{'type':'object','properties':{},'additionalProperties':false} ~ {} ~ {'a':1}",
                "{'anyOf':[{'type':'integer'},{'type':'boolean'}]} ~ 1§true ~ 'x'",
                "{'oneOf':[{'type':'object','properties':{'k':{'const':'a'}},'required':['k']},{'type':'object','properties':{'k':{'const':'b'}},'required':['k']}]} ~ {'k':'a'}§{'k':'b'} ~ {'k':'c'}",
                "{'allOf':[{'type':'object','properties':{'a':{'const':1}},'required':['a']},{'properties':{'b':{'const':2}}}]} ~ {'a':1}§{'a':1,'b':2} ~ {'b':2}",
                "{'$defs':{'n':{'type':'object','properties':{'next':{'anyOf':[{'$ref':'#/$defs/n'},{'type':'null'}]}},'required':['next']}},'$ref':'#/$defs/n'} ~ {'next':null}§{'next':{'next':null}} ~ {'next':1}§{}",
                "{'type':'object','properties':{'x':{'$ref':'#/definitions/y'}},'required':['x'],'definitions':{'y':{'const':5}}} ~ {'x':5}§{ 'x': 5 } ~ {'x':6}",
            })
    void textsAreValidOrNot(String schema, String valid, String invalid) throws JsonProcessingException {
        Automaton automaton = automaton(schema);
        for (String text : json(valid).split("§")) {
            assertThat(accepts(automaton, text)).as(text).isTrue();
        }
        for (String text : json(invalid).split("§")) {
            assertThat(accepts(automaton, text)).as(text).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{'type':'array','uniqueItems':true} ~ uniqueItems",
                "{'type':'array','contains':{}} ~ contains",
                "{'not':{'type':'string'}} ~ not",
                "{'if':{},'then':{}} ~ if",
                "{'type':'object','patternProperties':{'a':{}}} ~ patternProperties",
                "{'type':'object','dependentRequired':{}} ~ dependentRequired",
                "{'type':'number','multipleOf':0.5} ~ multipleOf",
                "{'type':'string','format':'idn-email'} ~ idn-email",
                "{'type':'string','pattern':'(?=a)b'} ~ look-ahead",
                "{'type':'string','pattern':'(a)\\\\1'} ~ \\1",
                "{'type':'string','pattern':'a','maxLength':3} ~ pattern",
                "{'$ref':'https://example.com/x'} ~ https://example.com/x",
                "{'$ref':'#/missing'} ~ #/missing",
                "{'oneOf':[{'type':'integer'},{'type':'number'}]} ~ oneOf",
                "{'allOf':[{'minLength':1},{'minLength':2}]} ~ minLength",
                "{'type':'strin'} ~ strin",
                "{'maxlength':3} ~ maxlength",
                "{'type':'object','properties':{'a':{'unsupported':1}}} ~ #/properties/a",
                "{'anyOf':[]} ~ anyOf",
                "false ~ false",
            })
    void whatRestrictsAndIsNotSupportedIsRefusedByName(String schema, String name) {
        assertThatThrownBy(() -> automaton(schema))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining(json(name));
    }

    @Test
    void aSchemaWithoutFiniteTextIsRefused() {
        assertThatThrownBy(() -> automaton("{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']}"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> automaton("{'anyOf':[{'$ref':'#'}]}")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void regularExpressionsAgreeWithJava() {
        String[] patterns = {
            "a|bc",
            "[a-c]+x?",
            "(ab){2,3}",
            "[^a]b",
            "a.c",
            "\\d{2}-\\w",
            "(?:a|b)*c",
            "a\\.b",
            "[\\d.-]+",
            "\\u0061b",
            "(a|)b{0,2}"
        };
        String alphabet = "abcx.-012_ ";
        Random random = new Random(7);
        for (String pattern : patterns) {
            Rules rules = new Rules();
            Automaton automaton = new Automaton(rules.grammar(RegexCompiler.whole(pattern)));
            for (int i = 0; i < 3000; i++) {
                StringBuilder text = new StringBuilder();
                for (int length = random.nextInt(7); length > 0; length--) {
                    text.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
                assertThat(accepts(automaton, text.toString()))
                        .as(pattern + " on " + text)
                        .isEqualTo(Pattern.matches(pattern, text));
            }
        }
    }

    @Test
    void charactersAreCutIntoBytesExactly() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            int first = random.nextInt(0x110000);
            int last = first + random.nextInt(Math.min(0x110000 - first, 1 + random.nextInt(100_000)));
            Automaton automaton = new Automaton(new Rules().grammar(choice(first, last)));
            for (int i = 0; i < 200; i++) {
                int value = i == 0 ? first : i == 1 ? last : random.nextInt(0x110000);
                if (value < Character.MIN_SURROGATE || value > Character.MAX_SURROGATE) {
                    assertThat(accepts(automaton, Character.toString(value)))
                            .as("%x in %x-%x", value, first, last)
                            .isEqualTo(value >= first && value <= last);
                }
            }
        }
    }

    @Test
    void textGoesOnUntilTheMarker() {
        Rules rules = new Rules();
        Automaton until = new Automaton(rules.grammar(Until.marker(rules, "aab", Expr.literal("!"))));
        assertThat(accepts(until, "xaaab!")).isTrue();
        assertThat(accepts(until, "aab!")).isTrue();
        assertThat(accepts(until, "aabx!")).isFalse();
        assertThat(accepts(until, "aa")).isFalse();
        Rules others = new Rules();
        Automaton maybe = new Automaton(others.grammar(Until.maybeMarker(others, "aab", Expr.literal("!"))));
        assertThat(accepts(maybe, "xaaa")).isTrue();
        assertThat(accepts(maybe, "aab")).isFalse();
        assertThat(accepts(maybe, "xaab!")).isTrue();
    }

    private static Expr choice(int first, int last) {
        Expr expr = Utf8.expr(CodePoints.of(first, last));
        return expr instanceof Expr.Alt alt && alt.choices().isEmpty() ? Expr.literal("\u0001never") : expr;
    }

    private static Automaton automaton(String schema) throws JsonProcessingException {
        Rules rules = new Rules();
        Expr expr = new SchemaCompiler(rules, new ObjectMapper().readTree(json(schema))).compile();
        return new Automaton(GrammarText.parse(GrammarText.print(rules.grammar(expr))));
    }

    private static String json(String text) {
        return text.replace('\'', '"');
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
}
