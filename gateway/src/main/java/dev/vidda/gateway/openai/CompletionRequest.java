package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.protocol.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request to {@code POST /v1/completions}, read and checked as far as that needs no model.
 *
 * @param echo whether each choice begins with its prompt
 * @param addSpecialTokens whether the tokenizer may put its own tokens around a prompt given as text
 */
public record CompletionRequest(CommonFields common, List<Prompt> prompts, boolean echo, boolean addSpecialTokens) {

    /** One prompt, as the client gave it. */
    public sealed interface Prompt {
        /** To be tokenized. */
        record Text(String text) implements Prompt {}

        /** Already tokenized. */
        record Ids(TokenIds ids) implements Prompt {}
    }

    /** The model the client asks for, if it names one. */
    public Optional<String> model() {
        return common.model();
    }

    /** @throws ApiException with status 400 that names the first field at fault */
    public static CompletionRequest read(ObjectNode body, RequestLimits limits) {
        JsonFields fields = new JsonFields(body, "");
        int topLogprobs = (int)
                fields.integer("logprobs", 0, CommonFields.MAX_TOP_LOGPROBS).orElse(-1);
        boolean echo = fields.flag("echo", false);
        if (echo && topLogprobs >= 0) {
            throw new ApiException(ApiError.unsupported(
                    "echo",
                    "'echo' together with 'logprobs' is not supported yet: prompts have no log probabilities."));
        }
        return new CompletionRequest(
                CommonFields.read(fields, topLogprobs, limits.choices()),
                prompts(fields, limits.prompts()),
                echo,
                fields.flag("add_special_tokens", true));
    }

    private static List<Prompt> prompts(JsonFields fields, int limit) {
        JsonNode node = fields.value("prompt")
                .orElseThrow(() -> new ApiException(ApiError.invalid("prompt", "'prompt' is required.")));
        if (node.isTextual()) {
            return List.of(new Prompt.Text(JsonFields.text(node, "prompt")));
        }
        if (!(node instanceof ArrayNode list)) {
            throw JsonFields.wrongType("prompt", "a string, a list of strings, token ids, or a list of those", node);
        }
        if (list.isEmpty()) {
            throw new ApiException(ApiError.invalid("prompt", "'prompt' must not be an empty list."));
        }
        if (list.get(0).isNumber()) {
            return List.of(ids(list, "prompt"));
        }
        if (list.size() > limit) {
            throw new ApiException(ApiError.invalid(
                    "prompt", "'prompt' may have at most " + limit + " entries, but it has " + list.size() + "."));
        }
        List<Prompt> prompts = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            String path = "prompt[" + i + "]";
            prompts.add(
                    list.get(i) instanceof ArrayNode ids
                            ? ids(ids, path)
                            : new Prompt.Text(JsonFields.text(list.get(i), path)));
        }
        return prompts;
    }

    private static Prompt ids(ArrayNode list, String path) {
        return new Prompt.Ids(TokenIds.of(JsonFields.integers(list, path, Integer.MAX_VALUE).stream()
                .mapToInt(Integer::intValue)
                .toArray()));
    }
}
