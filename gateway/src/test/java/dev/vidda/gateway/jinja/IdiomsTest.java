package dev.vidda.gateway.jinja;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** The constructions that chat templates are made of, one by one, as jinja2 renders them. */
class IdiomsTest {

    @TestFactory
    Stream<DynamicTest> everyIdiomRendersAsInJinja2() {
        JsonNode gold = Gold.resource("idioms-gold.json");
        Map<String, Object> context = Gold.map(gold.get("ctx"));
        return gold.get("t")
                .propertyStream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> assertThat(Template.compile(entry.getValue().asText())
                                        .render(context, Gold.NOW))
                                .isEqualTo(gold.get("gold").get(entry.getKey()).asText())));
    }
}
