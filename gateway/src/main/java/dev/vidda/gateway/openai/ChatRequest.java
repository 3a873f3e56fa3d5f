package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request to {@code POST /v1/chat/completions}, read and checked as far as that needs no model.
 *
 * @param messages as the chat template takes them
 * @param continueFinalMessage whether the answer continues the last message instead of following it
 * @param tools the functions the model may call
 * @param templateArguments further variables of the template
 */
public record ChatRequest(
        CommonFields common,
        List<Map<String, @Nullable Object>> messages,
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        boolean addSpecialTokens,
        Tools tools,
        Map<String, @Nullable Object> templateArguments) {

    /** The model the client asks for, if it names one. */
    public Optional<String> model() {
        return common.model();
    }

    /** @throws ApiException with status 400 that names the first field at fault */
    public static ChatRequest read(ObjectNode body, RequestLimits limits) {
        JsonFields fields = new JsonFields(body, "");
        boolean continues = fields.flag("continue_final_message", false);
        boolean generationPrompt = fields.flag("add_generation_prompt", !continues);
        if (continues && generationPrompt) {
            throw new ApiException(ApiError.invalid(
                    "continue_final_message",
                    "'continue_final_message' and 'add_generation_prompt' cannot both be true."));
        }
        if (fields.flag("echo", false)) {
            throw new ApiException(ApiError.unsupported("echo", "'echo' is not supported in chats."));
        }
        return new ChatRequest(
                CommonFields.read(fields, topLogprobs(fields), limits.choices()),
                ChatMessages.read(fields, limits.messages()),
                generationPrompt,
                continues,
                fields.flag("add_special_tokens", false),
                Tools.read(fields),
                fields.fields("chat_template_kwargs")
                        .map(arguments -> Json.plainMap(arguments.object()))
                        .orElse(Map.of()));
    }

    private static int topLogprobs(JsonFields fields) {
        boolean wanted = fields.flag("logprobs", false);
        int top = fields.integer("top_logprobs", 0, CommonFields.MAX_TOP_LOGPROBS, 0);
        if (top > 0 && !wanted) {
            throw new ApiException(
                    ApiError.invalid("top_logprobs", "'top_logprobs' is only allowed when 'logprobs' is true."));
        }
        return wanted ? top : -1;
    }
}
