package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** The fields of {@code POST /tokenize} and {@code POST /detokenize}, as vLLM names them. */
public final class TextRequest {
    private TextRequest() {}

    /** The model the client asks for, if it names one. */
    public static Optional<String> model(ObjectNode body) {
        return fields(body).text("model");
    }

    /** @throws ApiException with status 400 if there is none */
    public static String prompt(ObjectNode body) {
        return fields(body)
                .text("prompt")
                .orElseThrow(() -> new ApiException(ApiError.invalid("prompt", "'prompt' or 'messages' is required.")));
    }

    public static boolean addSpecialTokens(ObjectNode body) {
        return fields(body).flag("add_special_tokens", true);
    }

    public static boolean returnTokenStrings(ObjectNode body) {
        return fields(body).flag("return_token_strs", false);
    }

    /** @throws ApiException with status 400 if there are none, or one is not below {@code vocabulary} */
    public static int[] tokens(ObjectNode body, int vocabulary) {
        JsonFields fields = fields(body);
        if (fields.list("tokens").isEmpty()) {
            throw new ApiException(ApiError.invalid("tokens", "'tokens' is required."));
        }
        List<Integer> ids = fields.integers("tokens", vocabulary - 1);
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static JsonFields fields(ObjectNode body) {
        return new JsonFields(body, "");
    }
}
