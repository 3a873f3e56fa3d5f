package dev.vidda.gateway.jinja;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Everything the language has, and chat templates in the manner of the large families, against jinja2. */
class GoldTest {

    @Test
    void everyTemplateRendersOrFailsAsInJinja2() {
        JsonNode gold = Gold.resource("gold.json");
        Map<String, Map<String, Object>> contexts = new HashMap<>();
        gold.get("contexts").propertyStream().forEach(e -> contexts.put(e.getKey(), Gold.map(e.getValue())));
        List<String> differences = new ArrayList<>();
        for (JsonNode golden : gold.get("cases")) {
            String expected = golden.has("ok") ? "text: " + golden.get("ok").asText() : "an error";
            String actual = render(
                    golden.get("template").asText(),
                    Objects.requireNonNull(contexts.get(golden.get("context").asText())));
            boolean equal = golden.has("ok") ? actual.equals(expected) : actual.startsWith("error: ");
            if (!equal) {
                differences.add(golden.get("template").asText() + " ["
                        + golden.get("context").asText() + "]\n  expected " + expected
                        + golden.path("err").asText() + "\n  actual   " + actual + "\n");
            }
        }
        assertThat(differences).isEmpty();
    }

    private static String render(String template, Map<String, Object> context) {
        try {
            return "text: " + Template.compile(template).render(context, Gold.NOW);
        } catch (TemplateException e) {
            return "error: " + e.getMessage();
        }
    }
}
