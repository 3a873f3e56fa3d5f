package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.message.Reasoning;
import dev.vidda.gateway.message.ToolFormat;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GrammarsTest {
    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"string\"}}}";
    private static final String TURNED =
            "{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"string\"},\"a\":{\"type\":\"integer\"}}}";
    private static final String TOOLS =
            "{\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":" + SCHEMA + "}}],"
                    + "\"tool_choice\":\"%s\"}";

    private final Grammars grammars = new Grammars();

    @Test
    void theSameSchemaIsCompiledOnce() {
        String first = of(schema(SCHEMA)).orElseThrow();
        String again = of(schema(SCHEMA)).orElseThrow();

        assertThat(again).isSameAs(first);
        assertThat(grammars.hits()).isOne();
        assertThat(grammars.size()).isOne();
    }

    @Test
    void whatIsFoundIsWhatWouldHaveBeenMade() {
        List<OutputFormat> formats = List.of(
                schema(SCHEMA),
                schema(TURNED),
                new OutputFormat.JsonObject("response_format"),
                new OutputFormat.Regex("a|bc", "regex"),
                new OutputFormat.Regex("a|b", "regex"),
                new OutputFormat.Choice(List.of("a", "bc"), "choice"),
                new OutputFormat.Choice(List.of("ab", "c"), "choice"));
        Set<String> all = new HashSet<>();
        for (int round = 0; round < 2; round++) {
            for (OutputFormat format : formats) {
                for (Reasoning reasoning : Reasoning.values()) {
                    Optional<String> grammar = grammars.of(format, Tools.NONE, Optional.empty(), reasoning);
                    assertThat(grammar).isEqualTo(OutputGrammar.of(format, Tools.NONE, Optional.empty(), reasoning));
                    all.add(grammar.orElseThrow());
                }
            }
        }
        int different = formats.size() * Reasoning.values().length;
        assertThat(all).hasSize(different);
        assertThat(grammars.hits()).isEqualTo(different);
    }

    @Test
    void toolsAndHowTheyAreCalledBelongToTheGrammar() {
        Set<String> all = new HashSet<>();
        for (ToolFormat format : ToolFormat.values()) {
            for (String choice : List.of("required", "required", "auto")) {
                Tools tools = Tools.read(JsonFields.fields(json(TOOLS.formatted(choice)), ""));
                OutputFormat output = choice.equals("auto") ? schema(SCHEMA) : new OutputFormat.Free();
                all.add(grammars.of(output, tools, Optional.of(format), Reasoning.NONE)
                        .orElseThrow());
            }
        }
        assertThat(all).hasSize(2 * ToolFormat.values().length);
        assertThat(grammars.hits()).isEqualTo(ToolFormat.values().length);
    }

    @Test
    void freeTextAndWhatIsRefusedAreNotKept() {
        assertThat(of(new OutputFormat.Free())).isEmpty();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> of(schema("{\"type\":\"array\",\"uniqueItems\":true}")))
                    .isInstanceOf(ApiException.class);
        }
        assertThat(grammars.size()).isZero();
    }

    @Test
    void theOneThatWasNotUsedForLongestIsForgotten() {
        Grammars few = new Grammars(2, 1 << 20);
        List<OutputFormat> formats = List.of(regex("a"), regex("b"), regex("a"), regex("c"), regex("a"), regex("b"));
        for (OutputFormat format : formats) {
            few.of(format, Tools.NONE, Optional.empty(), Reasoning.NONE);
        }
        assertThat(few.size()).isEqualTo(2);
        assertThat(few.hits()).isEqualTo(2);
    }

    @Test
    void theirTextsAreBoundedToo() {
        int length = of(regex("a")).orElseThrow().length();
        Grammars few = new Grammars(100, 2L * length);
        for (String pattern : List.of("a", "b", "c", "d")) {
            few.of(regex(pattern), Tools.NONE, Optional.empty(), Reasoning.NONE);
        }
        few.of(regex("a{3}b{3}c{3}d{3}".repeat(length)), Tools.NONE, Optional.empty(), Reasoning.NONE);
        assertThat(few.size()).isEqualTo(2);
    }

    private Optional<String> of(OutputFormat format) {
        return grammars.of(format, Tools.NONE, Optional.empty(), Reasoning.NONE);
    }

    private static OutputFormat regex(String pattern) {
        return new OutputFormat.Regex(pattern, "regex");
    }

    private static OutputFormat schema(String text) {
        return new OutputFormat.Schema(json(text), "response_format");
    }

    private static ObjectNode json(String text) {
        return Json.object(text.getBytes(StandardCharsets.UTF_8));
    }
}
