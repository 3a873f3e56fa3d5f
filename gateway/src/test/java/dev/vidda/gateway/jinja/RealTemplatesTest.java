package dev.vidda.gateway.jinja;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Chat templates of published models against texts rendered by {@code transformers}. The file is not part of this
 * repository (the templates are their authors'); {@code -Dvidda.chatTemplatesGold=FILE} says where it is.
 */
class RealTemplatesTest {

    private static final List<String> FAMILIES =
            List.of("qwen", "qwq", "llama", "mistral", "mixtral", "gemma", "deepseek");

    private static Path goldFile() {
        String configured = System.getProperty("vidda.chatTemplatesGold");
        return configured != null
                ? Path.of(configured)
                : Path.of(System.getProperty("vidda.root", "."), "../shared/oracle/chat-templates-gold.json");
    }

    @Test
    void templatesOfPublishedModelsRenderAsInTransformers() throws IOException {
        Path file = goldFile();
        assumeThat(file)
                .as(
                        "the golden file %s of published chat templates is not here; name it with -Dvidda.chatTemplatesGold",
                        file)
                .exists();
        JsonNode gold = new ObjectMapper().readTree(Files.readString(file));
        List<String> wrongText = new ArrayList<>();
        List<String> wrongFamily = new ArrayList<>();
        List<String> unlike = new ArrayList<>();
        gold.get("gold").propertyStream().forEach(entry -> {
            String[] key = entry.getKey().split("\0");
            JsonNode expected = entry.getValue();
            String actual =
                    render(gold.get("templates").get(key[0]), gold.get("cases").get(key[1]));
            boolean equal = expected.has("ok")
                    ? actual.equals("ok:" + expected.get("ok").asText())
                    : actual.startsWith("err:");
            if (!equal) {
                String difference = key[0] + " / " + key[1] + "\n  expected " + expected + "\n  actual   " + actual;
                unlike.add(difference);
                if (actual.startsWith("ok:")) {
                    wrongText.add(difference);
                }
                if (FAMILIES.stream().anyMatch(key[0].toLowerCase(Locale.ROOT)::contains)) {
                    wrongFamily.add(difference);
                }
            }
        });
        assertThat(wrongText).as("rendered text that differs").isEmpty();
        assertThat(wrongFamily).as("Qwen, Llama, Mistral, Gemma and DeepSeek").isEmpty();
        assertThat(unlike)
                .as("of %d", gold.get("gold").size())
                .hasSizeLessThanOrEqualTo(gold.get("gold").size() / 50);
    }

    private static String render(JsonNode template, JsonNode conversation) {
        Map<String, Object> context = new HashMap<>(Gold.map(conversation));
        context.putIfAbsent("tools", null);
        context.putIfAbsent("documents", null);
        context.put("bos_token", "<s>");
        context.put("eos_token", "</s>");
        try {
            return "ok:" + Template.compile(template.asText()).render(context, Gold.NOW);
        } catch (TemplateException e) {
            return "err:" + e.getMessage();
        }
    }
}
