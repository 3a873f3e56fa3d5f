package dev.vidda.gateway.admin;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.Json;
import dev.vidda.protocol.FitAnswer;
import dev.vidda.protocol.FitQuestion;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Bodies of the other admin endpoints. A field of an unknown name is an error. */
public final class AdminJson {
    private AdminJson() {}

    /** The body of {@code POST /admin/capacity/fit}. */
    private record FitBody(
            @Nullable String model,
            @JsonProperty(required = true) int promptTokens,
            @JsonProperty(required = true) int maxTokens,
            @Nullable Integer count,
            @Nullable String tenant,
            @JsonProperty("class") @Nullable String serviceClass,
            boolean guaranteed,
            long ttftTargetMillis,
            long itlTargetMillis) {}

    /**
     * Reads a question.
     *
     * @param only what is asked about when the body names no model
     * @throws ApiException with status 400
     */
    public static FitQuestion question(ObjectNode body, String only) {
        FitBody fit = read(body, FitBody.class);
        String tenant = fit.tenant() == null ? "" : fit.tenant();
        try {
            return new FitQuestion(
                    fit.model() == null ? only : fit.model(),
                    fit.promptTokens(),
                    fit.maxTokens(),
                    fit.count() == null ? 1 : fit.count(),
                    tenant.isEmpty() ? Tenant.ANYONE : new Tenant(tenant, 1, 0),
                    serviceClass(fit.serviceClass()),
                    fit.guaranteed(),
                    fit.ttftTargetMillis(),
                    fit.itlTargetMillis());
        } catch (IllegalArgumentException e) {
            throw invalid(e, body);
        }
    }

    private static ServiceClass serviceClass(@Nullable String name) {
        for (ServiceClass each : ServiceClass.values()) {
            if (name == null ? each == ServiceClass.STANDARD : each.name().equalsIgnoreCase(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException("class must be interactive, standard or batch, but it is '" + name + "'");
    }

    /** The answer: times are null where they are unknown or never come. */
    public static ObjectNode answer(FitQuestion question, FitAnswer answer) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("model", question.model());
        node.put("promptTokens", question.promptTokens());
        node.put("maxTokens", question.maxTokens());
        node.put("count", question.count());
        node.put("fitsNow", answer.fitNow());
        node.put("fitsWhenEmpty", answer.fitEmpty());
        node.put("blocksEach", answer.blocksEach());
        time(node, "waitMillis", answer.waitMillis());
        time(node, "waitAllMillis", answer.waitAllMillis());
        time(node, "ttftMillis", answer.ttftMillis());
        node.put("tokensPerSecond", answer.tokensPerSecond());
        answer.whyNot().ifPresentOrElse(why -> node.set("whyNot", refusal(why)), () -> node.putNull("whyNot"));
        return node;
    }

    /** The scheduler's limits. */
    public static ObjectNode limits(SchedulerLimits limits) {
        return Json.MAPPER.valueToTree(limits);
    }

    /**
     * These limits with some fields changed.
     *
     * @throws ApiException with status 400
     */
    public static SchedulerLimits changed(SchedulerLimits limits, ObjectNode changes) {
        ObjectNode merged = limits(limits);
        for (Map.Entry<String, JsonNode> field : changes.properties()) {
            if (!merged.has(field.getKey())) {
                throw new ApiException(ApiError.invalid(
                        field.getKey(),
                        "There is no limit '" + field.getKey() + "'; there are " + String.join(", ", names(merged))
                                + "."));
            }
            merged.set(field.getKey(), field.getValue());
        }
        return read(merged, SchedulerLimits.class);
    }

    private static List<String> names(ObjectNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /**
     * Reads a body into a record.
     *
     * @throws ApiException with status 400 naming the field that is wrong
     */
    public static <T> T read(ObjectNode body, Class<T> type) {
        try {
            return Json.MAPPER.treeToValue(body, type);
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof IllegalArgumentException rule) {
                throw invalid(rule, body);
            }
            String path = e.getPath().isEmpty()
                    ? null
                    : String.valueOf(e.getPath().getLast().getFieldName());
            throw new ApiException(ApiError.invalid(path, problem(e, body, path)));
        } catch (JsonProcessingException e) {
            throw new ApiException(ApiError.invalid(null, e.getOriginalMessage()));
        }
    }

    private static String problem(JsonMappingException e, ObjectNode body, @Nullable String field) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "'%s' is no field; there are %s."
                    .formatted(
                            unknown.getPropertyName(),
                            unknown.getKnownPropertyIds().stream()
                                    .map(String::valueOf)
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
        }
        if (field == null || !(e instanceof MismatchedInputException mismatch)) {
            return e.getOriginalMessage().replaceAll(" \\(.*| \\[simple type.*|`dev\\.vidda[^`]*`", "");
        }
        JsonNode found = body.path(field);
        return found.isMissingNode()
                ? "'" + field + "' is required."
                : "'" + field + "' must be " + kind(mismatch.getTargetType()) + ", but it is " + found + ".";
    }

    private static String kind(@Nullable Class<?> type) {
        if (type == String.class) {
            return "a string";
        }
        if (type == boolean.class) {
            return "true or false";
        }
        return type == double.class ? "a number" : type == Map.class ? "an object" : "an integer";
    }

    private static ObjectNode refusal(Refusal why) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("reason", why.reason().name().toLowerCase(Locale.ROOT))
                .put("message", why.message());
        time(node, "retryAfterMillis", why.retryAfterMillis());
        return node.put("blocksNeeded", why.blocksNeeded())
                .put("blocksLargest", why.blocksLargest())
                .put("longestContext", why.longestContext());
    }

    private static void time(ObjectNode node, String name, long millis) {
        if (millis < 0) {
            node.putNull(name);
        } else {
            node.put(name, millis);
        }
    }

    /** Rules begin with the field that they are about. */
    private static ApiException invalid(IllegalArgumentException rule, JsonNode body) {
        String message = String.valueOf(rule.getMessage());
        String field = message.split(" ", 2)[0];
        boolean named = body.has(field);
        String text = named ? "'" + field + "'" + message.substring(field.length()) : message;
        return new ApiException(ApiError.invalid(named ? field : null, text.endsWith(".") ? text : text + "."));
    }
}
