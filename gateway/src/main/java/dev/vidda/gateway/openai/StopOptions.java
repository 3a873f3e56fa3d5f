package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * When the client wants the text to end.
 *
 * @param strings stop strings
 * @param tokenIds stop tokens besides the model's own
 * @param includeStop whether what stopped it belongs to the text
 * @param ignoreEos whether the model's own end-of-sequence tokens do not end it
 * @param minTokens nothing ends it earlier
 * @param maxTokens what the client asked for; what there is room for may be less
 */
record StopOptions(
        List<String> strings,
        List<Integer> tokenIds,
        boolean includeStop,
        boolean ignoreEos,
        int minTokens,
        OptionalLong maxTokens) {
    private static final int MAX_STRINGS = 128;
    private static final int MAX_STRING_LENGTH = 4096;
    private static final int MAX_TOKEN_IDS = 1024;

    static StopOptions read(JsonFields fields) {
        List<Integer> tokenIds = fields.integers("stop_token_ids", Integer.MAX_VALUE);
        if (tokenIds.size() > MAX_TOKEN_IDS) {
            throw tooMany("stop_token_ids", MAX_TOKEN_IDS, tokenIds.size());
        }
        StopOptions options = new StopOptions(
                strings(fields),
                tokenIds,
                fields.flag("include_stop_str_in_output", false),
                fields.flag("ignore_eos", false),
                fields.integer("min_tokens", 0, Integer.MAX_VALUE, 0),
                maxTokens(fields));
        if (options.maxTokens.isPresent() && options.maxTokens.getAsLong() < options.minTokens) {
            throw new ApiException(ApiError.invalid(
                    "min_tokens",
                    "'min_tokens' (" + options.minTokens + ") must not be more than 'max_tokens' ("
                            + options.maxTokens.getAsLong() + ")."));
        }
        return options;
    }

    /** The newer name wins when both are given. */
    private static OptionalLong maxTokens(JsonFields fields) {
        OptionalLong older = fields.integer("max_tokens", 1, Long.MAX_VALUE);
        OptionalLong newer = fields.integer("max_completion_tokens", 1, Long.MAX_VALUE);
        return newer.isPresent() ? newer : older;
    }

    private static List<String> strings(JsonFields fields) {
        JsonNode node = fields.value("stop").orElse(null);
        if (node == null) {
            return List.of();
        }
        List<String> strings = new ArrayList<>();
        if (node instanceof ArrayNode list) {
            if (list.size() > MAX_STRINGS) {
                throw tooMany("stop", MAX_STRINGS, list.size());
            }
            for (int i = 0; i < list.size(); i++) {
                strings.add(string(list.get(i), "stop[" + i + "]"));
            }
        } else if (node.isTextual()) {
            strings.add(string(node, "stop"));
        } else {
            throw JsonFields.wrongType("stop", "a string or a list of strings", node);
        }
        return strings;
    }

    private static String string(JsonNode node, String path) {
        String text = JsonFields.text(node, path);
        if (text.isEmpty() || text.length() > MAX_STRING_LENGTH) {
            throw new ApiException(ApiError.invalid(
                    path,
                    "'" + path + "' must have 1 to " + MAX_STRING_LENGTH + " characters, but it has " + text.length()
                            + "."));
        }
        return text;
    }

    private static ApiException tooMany(String field, int limit, int found) {
        return new ApiException(ApiError.invalid(
                field, "'" + field + "' may have at most " + limit + " entries, but it has " + found + "."));
    }
}
