package dev.vidda.gateway.openai;

import dev.vidda.gateway.text.ChatPrompt;
import dev.vidda.gateway.text.ChatTemplate;
import dev.vidda.gateway.text.ChatTemplateException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Renders a chat with its model's template. */
final class ChatRendering {
    private ChatRendering() {}

    /** @throws ApiException with status 400 and the template's own message if it refuses the messages */
    static String render(ServedModel model, ChatRequest request, LocalDateTime now) {
        ChatTemplate template = template(model, "messages");
        ChatPrompt prompt = new ChatPrompt(
                request.messages(), tools(model, request), request.addGenerationPrompt(), request.templateArguments());
        try {
            String rendered = template.render(prompt, now);
            return request.continueFinalMessage() ? upToFinalMessage(rendered, request.messages()) : rendered;
        } catch (ChatTemplateException e) {
            throw new ApiException(ApiError.invalid("messages", String.valueOf(e.getMessage())));
        }
    }

    /** One instruction and nothing else, but for a system message. */
    static String instruction(ServedModel model, Optional<String> system, String instruction, LocalDateTime now) {
        ChatTemplate template = template(model, "body");
        List<Map<String, @Nullable Object>> messages = new ArrayList<>();
        system.ifPresent(text -> messages.add(message("system", text)));
        messages.add(message("user", instruction));
        try {
            return template.render(ChatPrompt.of(messages), now);
        } catch (ChatTemplateException e) {
            throw new ApiException(ApiError.invalid("body", String.valueOf(e.getMessage())));
        }
    }

    private static Map<String, @Nullable Object> message(String role, String content) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", role);
        message.put("content", content);
        return message;
    }

    private static ChatTemplate template(ServedModel model, String param) {
        return model.text()
                .chatTemplate()
                .orElseThrow(() -> new ApiException(ApiError.unsupported(
                        param, "The model '" + model.id() + "' has no chat template; use /v1/completions with it.")));
    }

    private static List<Map<String, @Nullable Object>> tools(ServedModel model, ChatRequest request) {
        List<Tools.Tool> tools = request.tools().offered();
        if (!tools.isEmpty() && model.dialect().tools().isEmpty()) {
            throw new ApiException(
                    ApiError.unsupported("tools", "The chat template of '" + model.id() + "' takes no tools."));
        }
        return tools.stream().map(Tools.Tool::definition).toList();
    }

    /** Cuts what the template wrote after the last message's text, so that the model goes on writing it. */
    private static String upToFinalMessage(String rendered, List<Map<String, @Nullable Object>> messages) {
        String last = text(messages.getLast().get("content"));
        String stripped = last.strip();
        int at = stripped.isEmpty() ? -1 : rendered.lastIndexOf(stripped);
        if (at < 0) {
            throw new ApiException(ApiError.invalid(
                    "continue_final_message",
                    "'continue_final_message' needs a last message whose text the chat template keeps."));
        }
        // A template may strip the text or keep the space at its end; what it kept belongs to the prompt.
        String unstripped = last.stripLeading();
        boolean kept = rendered.startsWith(unstripped, at);
        return rendered.substring(0, at + (kept ? unstripped : stripped).length());
    }

    private static String text(@Nullable Object content) {
        if (content instanceof String text) {
            return text;
        }
        List<String> texts = new ArrayList<>();
        if (content instanceof List<?> parts) {
            parts.forEach(part -> texts.add(part instanceof Map<?, ?> map ? String.valueOf(map.get("text")) : ""));
        }
        return String.join("\n", texts);
    }
}
