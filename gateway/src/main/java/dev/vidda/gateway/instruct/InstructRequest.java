package dev.vidda.gateway.instruct;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.Json;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One or several instructions.
 *
 * @param system the system message, if there is one
 * @param raw whether prompts are continued as they are, rather than answered as a chat's user message
 * @param framed whether answers come in {@link Frames}
 * @param stream whether a single answer comes as it is made
 * @param fields the sampling parameters, as {@code /v1/completions} has them
 */
public record InstructRequest(
        List<String> prompts, Optional<String> system, boolean raw, boolean framed, boolean stream, ObjectNode fields) {
    private static final Set<String> NUMBERS = Set.of(
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "seed",
            "max_tokens",
            "min_tokens",
            "presence_penalty",
            "frequency_penalty",
            "repetition_penalty");
    private static final Set<String> TEXTS = Set.of("model", "cache_salt", "user");
    private static final Set<String> FLAGS = Set.of("ignore_eos");

    public InstructRequest {
        prompts = List.copyOf(prompts);
    }

    /**
     * @param query parameters in their order
     * @param framed whether the body is in {@link Frames}
     * @param mostPrompts of one request
     * @throws ApiException with status 400 that names the first parameter at fault
     */
    public static InstructRequest read(
            List<Map.Entry<String, String>> query, byte[] body, boolean framed, int mostPrompts) {
        ObjectNode fields = Json.object();
        Optional<String> system = Optional.empty();
        boolean raw = false;
        boolean stream = true;
        for (Map.Entry<String, String> parameter : query) {
            String name = parameter.getKey();
            String value = parameter.getValue();
            switch (name) {
                case "system" -> system = Optional.of(value);
                case "raw" -> raw = flag(name, value);
                case "stream" -> stream = flag(name, value);
                case "stop" -> fields.withArray("/stop").add(value);
                default -> set(fields, name, value);
            }
        }
        List<String> prompts = framed ? Frames.prompts(body, mostPrompts) : List.of(Frames.text(ByteBuffer.wrap(body)));
        if (prompts.isEmpty() || prompts.stream().anyMatch(String::isEmpty)) {
            throw Frames.invalid("The body has no prompt, or an empty one.");
        }
        return new InstructRequest(prompts, system, raw, framed, stream, fields);
    }

    private static void set(ObjectNode fields, String name, String value) {
        if (TEXTS.contains(name)) {
            fields.put(name, value);
        } else if (FLAGS.contains(name)) {
            fields.put(name, flag(name, value));
        } else if (NUMBERS.contains(name)) {
            fields.set(name, number(name, value));
        } else {
            throw new ApiException(ApiError.invalid(name, "There is no query parameter '" + name + "' here."));
        }
    }

    private static JsonNode number(String name, String value) {
        try {
            JsonNode node = Json.MAPPER.readTree(value);
            if (node != null && node.isNumber()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            throw notANumber(name, value);
        }
        throw notANumber(name, value);
    }

    private static ApiException notANumber(String name, String value) {
        return new ApiException(ApiError.invalid(name, "'" + name + "' must be a number, but it is '" + value + "'."));
    }

    private static boolean flag(String name, String value) {
        return switch (value) {
            case "true", "1", "" -> true;
            case "false", "0" -> false;
            default -> throw new ApiException(ApiError.invalid(name, "'" + name + "' must be true or false."));
        };
    }

    /** The same as a request to {@code /v1/completions}, with prompts that a chat template has rendered. */
    public ObjectNode completion(List<String> rendered) {
        ObjectNode completion = fields.deepCopy();
        ArrayNode list = completion.putArray("prompt");
        rendered.forEach(list::add);
        completion.put("stream", stream || framed);
        completion.put("add_special_tokens", raw);
        return completion;
    }
}
