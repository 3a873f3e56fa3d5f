package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How the client wants tokens drawn. What it leaves open comes from the model's {@link GenerationDefaults}.
 *
 * @param topK 0 keeps all tokens
 * @param logitBias added to the logits of these token ids
 */
record SamplingOptions(
        OptionalDouble temperature,
        OptionalInt topK,
        OptionalDouble topP,
        OptionalDouble minP,
        OptionalDouble repetitionPenalty,
        float presencePenalty,
        float frequencyPenalty,
        Map<Integer, Float> logitBias,
        OptionalLong seed) {
    private static final double MAX_TEMPERATURE = 100;
    private static final double MAX_PENALTY = 2;
    private static final double MIN_REPETITION_PENALTY = 0.01;
    private static final double MAX_REPETITION_PENALTY = 100;
    private static final double MAX_BIAS = 100;

    static SamplingOptions read(JsonFields fields) {
        return new SamplingOptions(
                fields.number("temperature", 0, MAX_TEMPERATURE),
                topK(fields),
                fields.number("top_p", 0, 1),
                fields.number("min_p", 0, 1),
                fields.number("repetition_penalty", MIN_REPETITION_PENALTY, MAX_REPETITION_PENALTY),
                (float) fields.number("presence_penalty", -MAX_PENALTY, MAX_PENALTY)
                        .orElse(0),
                (float) fields.number("frequency_penalty", -MAX_PENALTY, MAX_PENALTY)
                        .orElse(0),
                logitBias(fields),
                fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private static OptionalInt topK(JsonFields fields) {
        OptionalLong value = fields.integer("top_k", -1, Integer.MAX_VALUE);
        return value.isEmpty() ? OptionalInt.empty() : OptionalInt.of((int) Math.max(0, value.getAsLong()));
    }

    private static Map<Integer, Float> logitBias(JsonFields fields) {
        Map<Integer, Float> bias = new LinkedHashMap<>();
        fields.fields("logit_bias").ifPresent(entries -> {
            for (Map.Entry<String, JsonNode> entry : entries.object().properties()) {
                String path = entries.pathOf(entry.getKey());
                double value = JsonFields.number(entry.getValue(), path, -MAX_BIAS, MAX_BIAS);
                bias.put(tokenId(entry.getKey()), (float) value);
            }
        });
        return bias;
    }

    private static int tokenId(String key) {
        try {
            int id = Integer.parseInt(key);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            throw notAnId(key);
        }
        throw notAnId(key);
    }

    private static ApiException notAnId(String key) {
        return new ApiException(ApiError.invalid(
                "logit_bias", "The keys of 'logit_bias' must be token ids, but one is '" + key + "'."));
    }
}
