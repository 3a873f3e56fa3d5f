package dev.vidda.gateway.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChatTemplateTest {

    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 22, 12, 0);
    private static final Map<String, String> TOKENS = Map.of("bos_token", "<s>", "eos_token", "</s>");

    private static final String STRING_ONLY =
            "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}{{ eos_token }}{% endfor %}"
                    + "{% if add_generation_prompt %}[assistant]{% endif %}";
    private static final String PARTS_ONLY =
            "{% for m in messages %}[{{ m.role }}]{% for p in m.content %}{% if p.type == 'text' %}{{ p.text }}{% endif %}{% endfor %}{% endfor %}";
    /** As Qwen's: it says nothing of other roles. */
    private static final String SYSTEM_AND_USER_ONLY = "{% for m in messages %}{% if m.role in ['system', 'user'] %}"
            + "[{{ m.role }}]{{ m.content }}{% endif %}{% endfor %}";

    private static final String EITHER =
            "{% for m in messages %}[{{ m.role }}]{% if m.content is string %}{{ m.content }}{% else %}"
                    + "{% for p in m.content %}<{{ p.text }}>{% endfor %}{% endif %}{% endfor %}";
    private static final String CALLS =
            "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% for c in m.tool_calls or [] %}"
                    + "{{ c.function.name }}(ARGUMENTS){% endfor %}{% endfor %}";

    private static final Map<String, Object> USER = Map.of("role", "user", "content", " Hi ");
    private static final Map<String, Object> PARTS = Map.of(
            "role",
            "user",
            "content",
            List.of(Map.of("type", "text", "text", "one"), Map.of("type", "text", "text", "two")));

    private static ChatTemplate template(String source) {
        return ChatTemplate.of(source, TOKENS);
    }

    @SafeVarargs
    private static String render(String source, Map<String, ? extends @Nullable Object>... messages) {
        return template(source).render(new ChatPrompt(List.of(messages), List.of(), false, Map.of()), NOW);
    }

    @Test
    void messagesAreRenderedWithTheSpecialTokensAndThePrompt() {
        assertThat(template(STRING_ONLY).render(ChatPrompt.of(List.of(USER)), NOW))
                .isEqualTo("<s>[user]Hi</s>[assistant]");
    }

    @Test
    void contentComesInTheFormTheTemplateTakes() {
        assertThat(render(STRING_ONLY, PARTS)).isEqualTo("<s>[user]one\ntwo</s>");
        assertThat(render(PARTS_ONLY, PARTS)).isEqualTo("[user]onetwo");
        assertThat(render(PARTS_ONLY, USER)).isEqualTo("[user] Hi ");
        assertThat(render(EITHER, PARTS)).isEqualTo("[user]<one><two>");
        assertThat(render(EITHER, USER)).isEqualTo("[user] Hi ");
    }

    @Test
    void contentThatIsNotTextIsTheClientsError() {
        Map<String, Object> image = Map.of(
                "role", "user", "content", List.of(Map.of("type", "image_url", "image_url", Map.of("url", "data:"))));
        for (String source : List.of(STRING_ONLY, PARTS_ONLY, EITHER)) {
            assertThatExceptionOfType(ChatTemplateException.class)
                    .isThrownBy(() -> render(source, USER, image))
                    .withMessageContaining("messages[1].content[0]")
                    .withMessageContaining("takes text only");
        }
    }

    @Test
    void argumentsOfToolCallsComeInTheFormTheTemplateTakes() {
        String asObject = CALLS.replace("ARGUMENTS", "{{ c.function.arguments | tojson }}");
        String asText = CALLS.replace("ARGUMENTS", "{{ '' + c.function.arguments }}");
        String either = CALLS.replace(
                "ARGUMENTS",
                "{{ c.function.arguments if c.function.arguments is string else c.function.arguments | tojson }}");
        for (String source : List.of(asObject, asText, either)) {
            assertThat(render(source, USER, call("{\"city\": \"Ur\"}", "")))
                    .isEqualTo("[user] Hi [assistant]f({\"city\": \"Ur\"})");
        }
        assertThat(render(asObject, USER, call(Map.of("a", 1), ""))).isEqualTo("[user] Hi [assistant]f({\"a\": 1})");
        assertThat(render(asText, USER, call(Map.of("a", 1), ""))).isEqualTo("[user] Hi [assistant]f({\"a\":1})");
        assertThat(render(asObject, USER, call("", ""))).isEqualTo("[user] Hi [assistant]f({})");
        assertThatExceptionOfType(ChatTemplateException.class)
                .isThrownBy(() -> render(asObject, USER, call("{\"city", "")))
                .withMessageContaining("messages[1].tool_calls[0].function.arguments is not a JSON object");
    }

    @Test
    void absentContentBesideToolCallsIsNullOrEmptyAsTheTemplateExpects() {
        String calls = CALLS.replace("ARGUMENTS", "{{ c.function.arguments | tojson }}");
        String onlyForNull = "{% for m in messages %}{% if m.content is none %}{% for c in m.tool_calls %}"
                + "{{ '(' + c.function.arguments + ')' }}{% endfor %}{% else %}{{ m.content }};{% endif %}{% endfor %}";
        Map<String, @Nullable Object> without = new HashMap<>(call("{}", ""));
        without.remove("content");
        for (Map<String, @Nullable Object> message : List.of(without, call("{}", null), call("{}", ""))) {
            assertThat(render(calls, USER, message)).isEqualTo("[user] Hi [assistant]f({})");
            assertThat(render(onlyForNull, USER, message)).isEqualTo(" Hi ;({})");
        }
        String tellsThemApart =
                "{% for m in messages %}{{ m.content is none }}{{ (m.tool_calls or []) | tojson }}{% endfor %}";
        assertThat(render(tellsThemApart, call("{}", null))).startsWith("True");
        assertThat(render(tellsThemApart, call("{}", ""))).startsWith("False");
    }

    @Test
    void aDevelopersMessageIsASystemMessageWhereTheTemplateKnowsNoDeveloper() {
        Map<String, Object> developer = Map.of("role", "developer", "content", "Be brief.");

        assertThat(render(SYSTEM_AND_USER_ONLY, developer, USER)).isEqualTo("[system]Be brief.[user] Hi ");
        assertThat(render(STRING_ONLY, developer, USER)).contains("developer");
    }

    @Test
    void aMessageThatTheTemplateWouldLeaveOutIsTheClientsError() {
        Map<String, Object> wizard = Map.of("role", "wizard", "content", "Abracadabra");

        assertThatThrownBy(() -> render(SYSTEM_AND_USER_ONLY, USER, wizard))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("messages[1].role is 'wizard'");
        assertThat(render(STRING_ONLY, USER, wizard)).contains("Abracadabra");
        assertThat(render(PARTS_ONLY, USER, wizard)).contains("Abracadabra");
    }

    @Test
    void aRefusalOfTheTemplateIsTheClientsErrorInItsOwnWords() {
        assertThatExceptionOfType(ChatTemplateException.class)
                .isThrownBy(() -> render("{{ raise_exception('Only user roles!') }}", USER))
                .withMessage("Only user roles!");
    }

    @Test
    void aFailureOfTheTemplateIsTheClientsErrorWithThePlace() {
        assertThatExceptionOfType(ChatTemplateException.class)
                .isThrownBy(() -> render("{{ messages[0].nope.more }}", USER))
                .withMessageContaining("has no attribute 'nope'")
                .withMessageContaining("line 1, column ");
    }

    @Test
    void variablesReachTheTemplateButNotInPlaceOfTheMessages() {
        ChatTemplate template = template("{{ enable_thinking }}{{ eos_token }}");
        assertThat(template.render(
                        new ChatPrompt(List.of(), List.of(), false, Map.of("enable_thinking", false, "eos_token", "!")),
                        NOW))
                .isEqualTo("False!");
        assertThatExceptionOfType(ChatTemplateException.class)
                .isThrownBy(
                        () -> template.render(new ChatPrompt(List.of(), List.of(), false, Map.of("messages", 1)), NOW))
                .withMessageContaining("cannot be named 'messages'");
        assertThatExceptionOfType(ChatTemplateException.class)
                .isThrownBy(() ->
                        template.render(new ChatPrompt(List.of(), List.of(), false, Map.of("x", new Object())), NOW))
                .withMessageContaining("cannot be given a java.lang.Object");
    }

    @Test
    void absentToolsAreNoneAndTimeIsTheOneGiven() {
        assertThat(render("{{ tools is none }} {{ documents is none }} {{ strftime_now('%Y-%m-%d') }}"))
                .isEqualTo("True True 2026-11-22");
    }

    @Test
    void aModelDirectoryMayHoldItsTemplateInAnyOfThreePlaces(@TempDir Path directory) throws IOException {
        assertThat(ChatTemplate.load(directory)).isEmpty();
        Path config = directory.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"bos_token\": null, \"eos_token\": {\"content\": \"</s>\"}}");
        assertThat(ChatTemplate.load(directory)).isEmpty();

        Files.writeString(
                config, "{\"eos_token\": {\"content\": \"</s>\"}, \"chat_template\": \"one{{ eos_token }}\"}");
        assertThat(load(directory).render(ChatPrompt.of(List.of()), NOW)).isEqualTo("one</s>");

        Files.writeString(
                config,
                "{\"chat_template\": [{\"name\": \"default\", \"template\": \"plain\"}, "
                        + "{\"name\": \"tool_use\", \"template\": \"tools\"}]}");
        ChatPrompt withTools = new ChatPrompt(List.of(), List.of(Map.of("type", "function")), false, Map.of());
        assertThat(load(directory).render(ChatPrompt.of(List.of()), NOW)).isEqualTo("plain");
        assertThat(load(directory).render(withTools, NOW)).isEqualTo("tools");

        Files.writeString(directory.resolve("chat_template.jinja"), "file\n");
        assertThat(load(directory).render(withTools, NOW)).isEqualTo("file");
        Files.createDirectory(directory.resolve("additional_chat_templates"));
        Files.writeString(directory.resolve("additional_chat_templates/tool_use.jinja"), "more");
        assertThat(load(directory).render(withTools, NOW)).isEqualTo("more");
    }

    @Test
    void aTemplateThatCannotBeUsedNamesItsFile(@TempDir Path directory) throws IOException {
        Path config = directory.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"chat_template\": \"{{ x | nope }}\"}");
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> ChatTemplate.load(directory))
                .withMessageStartingWith(config.toString())
                .withMessageContaining("the filter 'nope' is not supported (line 1, column 8");
        for (String wrong : List.of("3", "[{\"name\": \"x\"}]")) {
            Files.writeString(config, "{\"chat_template\": " + wrong + "}");
            assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> ChatTemplate.load(directory));
        }
        Files.writeString(config, "{\"chat_templ");
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> ChatTemplate.load(directory))
                .withMessageContaining("is not JSON");
        Files.writeString(config, "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"x\"}]}");
        assertThatExceptionOfType(ChatTemplateException.class)
                .isThrownBy(() -> load(directory).render(ChatPrompt.of(List.of()), NOW))
                .withMessageContaining("only [rag]");
        Files.write(directory.resolve("chat_template.jinja"), new byte[] {(byte) 0xFF, 0x41});
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> ChatTemplate.load(directory))
                .withMessageContaining("is not UTF-8");
    }

    private static ChatTemplate load(Path directory) {
        return ChatTemplate.load(directory).orElseThrow();
    }

    private static Map<String, @Nullable Object> call(Object arguments, @Nullable String content) {
        Map<String, @Nullable Object> message = new HashMap<>();
        message.put("role", "assistant");
        message.put("content", content);
        message.put("tool_calls", Arrays.asList(Map.of("function", Map.of("name", "f", "arguments", arguments))));
        return message;
    }
}
