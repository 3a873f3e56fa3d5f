package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Refuses by name the known fields that would change the result and are not supported. Fields that only hint (such as
 * {@code store} or {@code prediction}) are ignored, and so are unknown ones.
 */
final class UnsupportedFields {
    private static final String WEB_SEARCH = "web_search_options";
    /** Refused whenever they have a value that asks for something. */
    private static final List<String> REFUSED = List.of(
            "functions",
            "function_call",
            "prompt_logprobs",
            "allowed_token_ids",
            "bad_words",
            "logits_processors",
            "guided_grammar",
            "use_beam_search",
            "truncate_prompt_tokens",
            "chat_template",
            "documents",
            "audio",
            WEB_SEARCH,
            "suffix",
            "prompt_embeds");

    private UnsupportedFields() {}

    static void refuse(JsonFields fields, int maxChoices) {
        for (String name : REFUSED) {
            fields.value(name).filter(UnsupportedFields::asksForSomething).ifPresent(ignored -> {
                throw unsupported(name, "'" + name + "' is not supported yet.");
            });
        }
        // OpenAI's way to ask for a search is an object without anything in it.
        fields.value(WEB_SEARCH).filter(JsonNode::isObject).ifPresent(ignored -> {
            throw unsupported(WEB_SEARCH, "'" + WEB_SEARCH + "' is not supported yet.");
        });
        refuseModalities(fields);
        refuseBestOf(fields, maxChoices);
    }

    private static boolean asksForSomething(JsonNode node) {
        if (node.isContainerNode() || node.isTextual()) {
            return node.isTextual() ? !node.textValue().isEmpty() : !node.isEmpty();
        }
        return !node.isBoolean() || node.booleanValue();
    }

    private static void refuseModalities(JsonFields fields) {
        fields.list("modalities")
                .ifPresent(modalities -> modalities.forEach(modality -> {
                    if (!modality.asText().equals("text")) {
                        throw unsupported("modalities", "'modalities' may only hold 'text'.");
                    }
                }));
    }

    private static void refuseBestOf(JsonFields fields, int maxChoices) {
        int choices = fields.integer("n", 1, maxChoices, 1);
        fields.integer("best_of", 0, Integer.MAX_VALUE).ifPresent(best -> {
            if (best > choices) {
                throw unsupported(
                        "best_of", "'best_of' (" + best + ") above 'n' (" + choices + ") is not supported yet.");
            }
        });
    }

    private static ApiException unsupported(String field, String message) {
        return new ApiException(ApiError.unsupported(field, message));
    }
}
