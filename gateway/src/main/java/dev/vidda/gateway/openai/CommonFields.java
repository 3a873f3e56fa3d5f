package dev.vidda.gateway.openai;

import java.util.Optional;

/**
 * What chat and text completions have in common.
 *
 * @param model absent when the client left it out
 * @param format what the text must be
 * @param user who the request is for, or empty
 * @param cacheSalt requests share cached prefixes only with others of the same salt
 */
record CommonFields(
        Optional<String> model,
        SamplingOptions sampling,
        StopOptions stop,
        OutputOptions output,
        OutputFormat format,
        String user,
        String cacheSalt) {
    static final int MAX_TOP_LOGPROBS = 20;
    private static final int MAX_NAME_LENGTH = 512;

    static CommonFields read(JsonFields fields, int topLogprobs, int maxChoices) {
        UnsupportedFields.refuse(fields, maxChoices);
        return new CommonFields(
                fields.text("model"),
                SamplingOptions.read(fields),
                StopOptions.read(fields),
                OutputOptions.read(fields, topLogprobs, maxChoices),
                OutputFormat.read(fields),
                name(fields, "user"),
                name(fields, "cache_salt"));
    }

    private static String name(JsonFields fields, String field) {
        String name = fields.text(field).orElse("");
        if (name.length() > MAX_NAME_LENGTH) {
            throw new ApiException(ApiError.invalid(
                    field,
                    "'" + field + "' may have at most " + MAX_NAME_LENGTH + " characters, but it has " + name.length()
                            + "."));
        }
        return name;
    }
}
