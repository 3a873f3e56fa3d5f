package dev.vidda.gateway.jinja;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/** Templates damaged at random: whatever becomes of them, only a template's own exceptions come out. */
class MutationTest {

    private static final long SEED = Long.getLong("seed", 20261122L);
    private static final int ROUNDS = Integer.getInteger("rounds", 4000);
    private static final Limits LIMITS = new Limits(300, 20_000, 100_000);

    private static final String[] PIECES = {
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        "+",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "|",
        "~",
        "'",
        "\"",
        "\\",
        "\n",
        " ",
        ".",
        ",",
        ":",
        "=",
        "==",
        "**",
        "//",
        "%",
        " is ",
        " in ",
        " not ",
        " if ",
        " else ",
        " for x in ",
        " and ",
        "loop",
        "loop.nextitem",
        "namespace",
        "caller()",
        "range(",
        "0",
        "-1",
        "1e5",
        "9999999999",
        "0x",
        "é",
        "\uD83D\uDE00",
        "\uD83D",
        "true",
        "none",
        "[::-1]",
        "{% endif %}",
        "{% endfor %}",
        "{% else %}",
        "{% set x = ",
        "{% for x in y %}",
        "{% macro m(a) %}",
        "{% endmacro %}",
        "{{ m(m) }}",
        "|tojson",
        "|list",
        "|map('",
        "|join",
        "|selectattr('",
        "|sort",
        "|batch(",
        "|safe",
        "|indent",
        "|int",
        "|format(",
        ".split(",
        ".strip()",
        ".items()",
        ".format(",
        ".join(",
        ".get(",
        "{% raw %}",
        "{% endraw %}",
        "{% break %}",
        "{% generation %}",
        "{% call "
    };

    @Test
    void damagedTemplatesFailCleanlyOrRender() {
        JsonNode gold = Gold.resource("gold.json");
        List<String> templates = new ArrayList<>();
        gold.get("cases").forEach(golden -> templates.add(golden.get("template").asText()));
        List<Map<String, Object>> contexts = new ArrayList<>();
        gold.get("contexts").forEach(context -> contexts.add(Gold.map(context)));
        SplittableRandom random = new SplittableRandom(SEED);
        int rendered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String template = mutate(templates.get(random.nextInt(templates.size())), templates, random);
            Map<String, Object> context = contexts.get(random.nextInt(contexts.size()));
            try {
                String text = Template.compile(template).render(context, Gold.NOW, LIMITS);
                assertThat(text.length()).isLessThanOrEqualTo(LIMITS.maxCharacters());
                rendered++;
            } catch (TemplateException e) {
                assertThat(e.getMessage()).contains("line ").contains("column ");
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + SEED + ", round " + round + ": " + template, e);
            }
        }
        assertThat(rendered).as("templates that still rendered").isGreaterThan(ROUNDS / 10);
    }

    private static String mutate(String template, List<String> others, SplittableRandom random) {
        StringBuilder text = new StringBuilder(template);
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(8));
            switch (random.nextInt(6)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 -> text.insert(at, others.get(random.nextInt(others.size())));
                case 3 -> text.replace(at, end, PIECES[random.nextInt(PIECES.length)]);
                case 4 -> text.setLength(at);
                default -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
            }
        }
        return text.toString();
    }
}
