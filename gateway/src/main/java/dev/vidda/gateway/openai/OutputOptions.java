package dev.vidda.gateway.openai;

import java.util.Optional;

/**
 * What the client wants back.
 *
 * @param n choices for each prompt
 * @param stream whether chunks come as they are made
 * @param includeUsage whether a stream ends with a usage chunk
 * @param continuousUsage whether every chunk carries the usage so far
 * @param topLogprobs most likely tokens to report at each position; -1 for no log probabilities at all
 * @param tokenIds whether token ids are reported beside the text
 * @param skipSpecialTokens whether special tokens are left out of the text
 */
record OutputOptions(
        int n,
        boolean stream,
        boolean includeUsage,
        boolean continuousUsage,
        int topLogprobs,
        boolean tokenIds,
        boolean skipSpecialTokens) {

    static OutputOptions read(JsonFields fields, int topLogprobs, int maxChoices) {
        boolean stream = fields.flag("stream", false);
        Optional<JsonFields> streaming = fields.fields("stream_options");
        if (streaming.isPresent() && !stream) {
            throw new ApiException(
                    ApiError.invalid("stream_options", "'stream_options' is only allowed when 'stream' is true."));
        }
        boolean includeUsage =
                streaming.map(options -> options.flag("include_usage", false)).orElse(false);
        boolean continuous = streaming
                .map(options -> options.flag("continuous_usage_stats", false))
                .orElse(false);
        return new OutputOptions(
                fields.integer("n", 1, maxChoices, 1),
                stream,
                includeUsage,
                includeUsage && continuous,
                topLogprobs,
                fields.flag("return_token_ids", false),
                fields.flag("skip_special_tokens", true));
    }

    boolean logprobs() {
        return topLogprobs >= 0;
    }
}
