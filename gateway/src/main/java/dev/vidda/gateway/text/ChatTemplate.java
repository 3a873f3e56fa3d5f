package dev.vidda.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.gateway.jinja.Template;
import dev.vidda.gateway.jinja.TemplateException;
import dev.vidda.gateway.jinja.TemplateRaisedException;
import dev.vidda.gateway.jinja.TemplateSyntaxException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's chat template: turns messages into the text the model was trained on. Immutable and safe for many threads.
 *
 * <p>The text is what {@code transformers} renders from the same messages, after they were brought into the form that the
 * template takes: where a template takes content as a string only, text parts are joined with line breaks; where it takes
 * parts only, a string becomes one part; arguments of tool calls become an object or JSON text. Which form that is, is
 * found out when the template is loaded, see {@link TemplateTraits}.
 *
 * <p>What a user writes is put into the text as it is. Special tokens written there are encoded as special tokens, see
 * {@link Tokenizer}.
 */
public final class ChatTemplate {

    private static final String DEFAULT = "default";
    private static final String TOOL_USE = "tool_use";
    /** Roles that every chat template is made for, or that {@link MessageForm} makes so. */
    private static final Set<String> USUAL_ROLES = Set.of("system", "developer", "user", "assistant", "tool");

    private static final Set<String> RESERVED = Set.of("messages", "tools", "add_generation_prompt");
    private static final LocalDateTime SOME_TIME = LocalDateTime.of(2025, 1, 1, 0, 0);
    private static final Map<String, Object> PROBE_TOOL = Map.of(
            "type",
            "function",
            "function",
            Map.of("name", "probe", "description", "", "parameters", Map.of("type", "object", "properties", Map.of())));

    /** A compiled template and the form it takes messages in. */
    private record Variant(Template template, MessageForm form) {}

    private final Map<String, String> specialTokens;
    private final Map<String, Variant> variants = new HashMap<>();
    private final String source;

    private ChatTemplate(Map<String, String> sources, Map<String, String> specialTokens) {
        this.specialTokens = Map.copyOf(specialTokens);
        this.source = String.join("\n", sources.values());
        sources.forEach((name, source) -> {
            Template template = Template.compile(source);
            TemplateTraits traits =
                    TemplateTraits.of((List<Map<String, @Nullable Object>> messages, boolean withTool) ->
                            tryRender(template, messages, withTool));
            variants.put(name, new Variant(template, new MessageForm(traits)));
        });
    }

    /**
     * @param source a template in Jinja
     * @param specialTokens variables such as {@code bos_token} and {@code eos_token}
     * @throws TemplateSyntaxException when the template is malformed or needs what is not supported
     */
    public static ChatTemplate of(String source, Map<String, String> specialTokens) {
        return new ChatTemplate(Map.of(DEFAULT, source), specialTokens);
    }

    /**
     * The template of a model directory: {@code chat_template.jinja} and {@code additional_chat_templates/*.jinja}, or else
     * {@code chat_template} in {@code tokenizer_config.json}, a string or a list of {@code {name, template}}.
     *
     * @return empty when the model has none
     * @throws ModelFileException when a file cannot be read or a template cannot be compiled
     */
    public static Optional<ChatTemplate> load(Path modelDirectory) {
        ModelDirectory directory = new ModelDirectory(modelDirectory);
        JsonNode config = directory.json("tokenizer_config.json").orElse(null);
        Map<String, String> sources = new LinkedHashMap<>();
        Path file = directory.file("tokenizer_config.json");
        if (config != null) {
            readSources(file, config.path("chat_template"), sources);
        }
        Optional<String> own = directory.text("chat_template.jinja");
        if (own.isPresent()) {
            file = directory.file("chat_template.jinja");
            sources.clear();
            sources.put(DEFAULT, own.get());
            readAdditional(directory, sources);
        }
        if (sources.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ChatTemplate(sources, specialTokens(directory, config)));
        } catch (TemplateSyntaxException e) {
            throw new ModelFileException(file, "the chat template cannot be used: " + e.getMessage(), e);
        }
    }

    private static void readSources(Path file, JsonNode node, Map<String, String> sources) {
        if (node.isTextual()) {
            sources.put(DEFAULT, node.asText());
        } else if (node.isArray()) {
            for (JsonNode entry : node) {
                if (!entry.path("name").isTextual() || !entry.path("template").isTextual()) {
                    throw new ModelFileException(file, "an entry of chat_template has no name or no template");
                }
                sources.put(entry.path("name").asText(), entry.path("template").asText());
            }
        } else if (!node.isMissingNode() && !node.isNull()) {
            throw new ModelFileException(file, "chat_template is neither a string nor a list");
        }
    }

    private static void readAdditional(ModelDirectory directory, Map<String, String> sources) {
        Path folder = directory.file("additional_chat_templates");
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jinja")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                sources.put(name.substring(0, name.length() - ".jinja".length()), Files.readString(file));
            }
        } catch (IOException e) {
            throw new ModelFileException(folder, "cannot be read: " + e, e);
        }
    }

    private static Map<String, String> specialTokens(ModelDirectory directory, @Nullable JsonNode config) {
        Map<String, String> tokens = new HashMap<>();
        directory.json("special_tokens_map.json").ifPresent(map -> readSpecialTokens(map, tokens));
        if (config != null) {
            readSpecialTokens(config, tokens);
        }
        return tokens;
    }

    private static void readSpecialTokens(JsonNode node, Map<String, String> tokens) {
        node.propertyStream().filter(e -> e.getKey().endsWith("_token")).forEach(e -> {
            JsonNode content = e.getValue().isObject() ? e.getValue().path("content") : e.getValue();
            if (content.isTextual()) {
                tokens.put(e.getKey(), content.asText());
            }
        });
    }

    /** The text of the template, all its variants one after the other. */
    public String source() {
        return source;
    }

    /** The special tokens by the names that templates know them by, such as {@code eos_token}. */
    public Map<String, String> specialTokens() {
        return specialTokens;
    }

    /**
     * @param now what {@code strftime_now} tells
     * @throws ChatTemplateException when the template does not take the conversation
     */
    public String render(ChatPrompt prompt, LocalDateTime now) {
        for (String name : prompt.variables().keySet()) {
            if (RESERVED.contains(name)) {
                throw new ChatTemplateException("a chat template's variable cannot be named '" + name + "'");
            }
        }
        Variant variant = variant(prompt);
        refuseRolesLeftOut(variant, prompt.messages());
        try {
            return variant.template().render(variables(prompt, variant.form().apply(prompt.messages())), now);
        } catch (TemplateRaisedException e) {
            throw new ChatTemplateException(e.problem(), e);
        } catch (TemplateException e) {
            throw new ChatTemplateException(
                    "the model's chat template cannot render these messages: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new ChatTemplateException("the messages hold what a template cannot take: " + e.getMessage(), e);
        }
    }

    /** A template may say nothing of a role it does not know: then the message would be gone without a word. */
    private void refuseRolesLeftOut(Variant variant, List<? extends Map<String, ? extends @Nullable Object>> messages) {
        TemplateTraits.Rendering rendering = (probe, withTool) -> tryRender(variant.template(), probe, withTool);
        for (int i = 0; i < messages.size(); i++) {
            String role = String.valueOf(messages.get(i).get("role"));
            boolean shown = USUAL_ROLES.contains(role)
                    || TemplateTraits.showsRole(
                                    rendering, variant.form().traits().content(), role)
                            .orElse(true);
            if (!shown) {
                throw new ChatTemplateException("messages[" + i + "].role is '" + role
                        + "', and the model's chat template leaves out messages of that role");
            }
        }
    }

    private Variant variant(ChatPrompt prompt) {
        Variant chosen = prompt.tools().isEmpty() ? null : variants.get(TOOL_USE);
        chosen = chosen == null ? variants.get(DEFAULT) : chosen;
        if (chosen == null) {
            throw new ChatTemplateException("the model has no chat template named 'default', only "
                    + variants.keySet().stream().sorted().toList());
        }
        return chosen;
    }

    private Map<String, @Nullable Object> variables(ChatPrompt prompt, List<Map<String, @Nullable Object>> messages) {
        Map<String, @Nullable Object> variables = new HashMap<>(specialTokens);
        variables.put("documents", null);
        variables.putAll(prompt.variables());
        variables.put("messages", messages);
        variables.put("tools", prompt.tools().isEmpty() ? null : prompt.tools());
        variables.put("add_generation_prompt", prompt.addGenerationPrompt());
        return variables;
    }

    private Optional<String> tryRender(
            Template template, List<Map<String, @Nullable Object>> messages, boolean withTool) {
        try {
            ChatPrompt prompt = new ChatPrompt(List.of(), withTool ? List.of(PROBE_TOOL) : List.of(), false, Map.of());
            return Optional.of(template.render(variables(prompt, messages), SOME_TIME));
        } catch (TemplateException e) {
            return Optional.empty();
        }
    }
}
