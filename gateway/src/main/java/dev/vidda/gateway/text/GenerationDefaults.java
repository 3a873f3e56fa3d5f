package dev.vidda.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.DoublePredicate;
import java.util.function.IntPredicate;

/**
 * How a model's authors advise to sample from it, from {@code generation_config.json}; empty where they say nothing.
 *
 * @param maxNewTokens how long an answer may become
 */
public record GenerationDefaults(
        OptionalDouble temperature,
        OptionalInt topK,
        OptionalDouble topP,
        OptionalDouble minP,
        OptionalDouble repetitionPenalty,
        OptionalInt maxNewTokens) {

    /** No advice. */
    public static final GenerationDefaults NONE = new GenerationDefaults(
            OptionalDouble.empty(),
            OptionalInt.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty());

    /** @throws IllegalArgumentException naming the field that is outside its bounds */
    public GenerationDefaults {
        check("temperature", temperature, "at least 0", value -> value >= 0);
        check("top_k", topK, "at least 0", value -> value >= 0);
        check("top_p", topP, "above 0 and at most 1", value -> value > 0 && value <= 1);
        check("min_p", minP, "from 0 to 1", value -> value >= 0 && value <= 1);
        check("repetition_penalty", repetitionPenalty, "above 0", value -> value > 0);
        check("max_new_tokens", maxNewTokens, "at least 1", value -> value >= 1);
    }

    static GenerationDefaults of(JsonNode generationConfig) {
        return new GenerationDefaults(
                temperature(generationConfig),
                integer(generationConfig, "top_k"),
                real(generationConfig, "top_p"),
                real(generationConfig, "min_p"),
                real(generationConfig, "repetition_penalty"),
                integer(generationConfig, "max_new_tokens"));
    }

    /** {@code do_sample: false} means greedy, whatever temperature stands beside it. */
    private static OptionalDouble temperature(JsonNode generationConfig) {
        JsonNode sample = generationConfig.path("do_sample");
        return sample.isBoolean() && !sample.asBoolean() ? OptionalDouble.of(0) : real(generationConfig, "temperature");
    }

    private static OptionalDouble real(JsonNode node, String name) {
        return node.path(name).isNumber() ? OptionalDouble.of(node.path(name).asDouble()) : OptionalDouble.empty();
    }

    private static OptionalInt integer(JsonNode node, String name) {
        return node.path(name).canConvertToInt()
                ? OptionalInt.of(node.path(name).asInt())
                : OptionalInt.empty();
    }

    private static void check(String field, OptionalDouble value, String bounds, DoublePredicate allowed) {
        value.ifPresent(number -> {
            if (!Double.isFinite(number) || !allowed.test(number)) {
                throw new IllegalArgumentException(field + " must be " + bounds + ", but is " + number);
            }
        });
    }

    private static void check(String field, OptionalInt value, String bounds, IntPredicate allowed) {
        value.ifPresent(number -> {
            if (!allowed.test(number)) {
                throw new IllegalArgumentException(field + " must be " + bounds + ", but is " + number);
            }
        });
    }
}
