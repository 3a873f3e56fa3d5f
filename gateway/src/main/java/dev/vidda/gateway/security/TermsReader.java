package dev.vidda.gateway.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads {@link Terms} from a request: from the object {@code vidda} in its body, from headers, which proxies can set,
 * and from OpenAI's {@code service_tier}; the first one that says something counts. The headers of llm-d's router mean
 * the same as ours.
 */
public final class TermsReader {
    private static final String OBJECT = "vidda";
    private static final List<String> FIELDS =
            List.of("class", "guaranteed", "queue_progress", "queue_timeout_ms", "ttft_ms", "itl_ms");
    /** As much as {@code Patience} could ever mean: a week. */
    private static final long MOST_MILLIS = 7L * 24 * 3600 * 1000;

    private static final int LONGEST_TENANT = 128;

    private final boolean sharedPrefixes;

    /** @param sharedPrefixes whether tenants may use each other's cached prefixes */
    public TermsReader(boolean sharedPrefixes) {
        this.sharedPrefixes = sharedPrefixes;
    }

    /**
     * Reads the terms of one request.
     *
     * @param headers a header's value by its name
     * @param body what was posted; an empty object where that is no JSON
     * @param arrivedAtMillis since 1970
     * @throws ApiException with status 400 naming a field or header that is wrong
     */
    public Terms read(
            Permit permit, Function<String, Optional<String>> headers, ObjectNode body, long arrivedAtMillis) {
        Source source = new Source(headers, object(body));
        Tenant tenant = permit.tenant();
        if (permit.caller().equals(Caller.ANYONE)) {
            tenant = namedByClient(headers, body);
        }
        Patience patience = new Patience(
                arrivedAtMillis,
                source.millis("queue_timeout_ms", "x-vidda-queue-timeout-ms", "x-request-timeout-ms"),
                source.millis("ttft_ms", "x-vidda-ttft-ms", "x-llm-d-slo-ttft-ms"),
                source.millis("itl_ms", "x-vidda-itl-ms", "x-llm-d-slo-tpot-ms"));
        String scope = sharedPrefixes ? "" : permit.tenant().name();
        return new Terms(
                tenant,
                serviceClass(source, body),
                isSet(source, "guaranteed", "x-vidda-guaranteed", "x-vidda-guarantee"),
                patience,
                isSet(source, "queue_progress", "x-vidda-queue-progress", "x-vidda-queue-position"),
                scope);
    }

    /** Nobody else gives these fields a meaning, so one that is not known is misspelt. */
    private static JsonNode object(ObjectNode body) {
        JsonNode object = body.path(OBJECT);
        if (object.isMissingNode() || object.isNull()) {
            return MissingNode.getInstance();
        }
        if (!object.isObject()) {
            throw new ApiException(ApiError.invalid(
                    OBJECT, "'" + OBJECT + "' must be an object with fields among " + String.join(", ", FIELDS) + "."));
        }
        object.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                String path = OBJECT + "." + name;
                throw new ApiException(ApiError.invalid(
                        path, "'" + path + "' is no field; there are " + String.join(", ", FIELDS) + "."));
            }
        });
        return object;
    }

    /** Without keys, clients may say whom they ask for, so that they share fairly. */
    private static Tenant namedByClient(Function<String, Optional<String>> headers, ObjectNode body) {
        String name = headers.apply("x-vidda-tenant")
                .or(() -> headers.apply("x-llm-d-inference-fairness-id"))
                .orElseGet(() -> body.path("user").asText(""));
        return name.isEmpty() || name.length() > LONGEST_TENANT ? Tenant.ANYONE : new Tenant(name, 1, 0);
    }

    private static ServiceClass serviceClass(Source source, ObjectNode body) {
        Optional<Given> given = source.find("class", "x-vidda-class", "x-vidda-service-class");
        if (given.isPresent()) {
            String text = given.get().text();
            for (ServiceClass each : ServiceClass.values()) {
                if (each.name().equals(text.toUpperCase(Locale.ROOT))) {
                    return each;
                }
            }
            throw wrong(given.get(), "must be interactive, standard or batch");
        }
        return switch (body.path("service_tier").asText("")) {
            case "flex" -> ServiceClass.BATCH;
            case "priority" -> ServiceClass.INTERACTIVE;
            default -> ServiceClass.STANDARD;
        };
    }

    private static boolean isSet(Source source, String field, String header, String synonym) {
        Optional<Given> given = source.find(field, header, synonym);
        if (given.isEmpty()) {
            return false;
        }
        return switch (given.get().text().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(given.get(), "must be true or false");
        };
    }

    private static ApiException wrong(Given given, String rule) {
        return new ApiException(ApiError.invalid(
                given.name(), "'" + given.name() + "' " + rule + ", but it is '" + given.text() + "'."));
    }

    /** A value and where it stands. */
    private record Given(String name, String text) {}

    private record Source(Function<String, Optional<String>> headers, JsonNode object) {
        Optional<Given> find(String field, String header, String synonym) {
            JsonNode node = object.path(field);
            if (!node.isMissingNode() && !node.isNull()) {
                return Optional.of(
                        new Given(OBJECT + "." + field, node.isValueNode() ? node.asText() : node.toString()));
            }
            return header(header).or(() -> header(synonym));
        }

        /** A positive number of milliseconds; 0 where none is given. */
        long millis(String field, String header, String synonym) {
            Optional<Given> given = find(field, header, synonym);
            if (given.isEmpty()) {
                return 0;
            }
            try {
                double value = Double.parseDouble(given.get().text());
                if (value > 0 && value <= MOST_MILLIS) {
                    return Math.max(1, Math.round(value));
                }
            } catch (NumberFormatException e) {
                throw wrong(given.get(), "must be a number of milliseconds");
            }
            throw wrong(given.get(), "must be a number of milliseconds above 0 and up to " + MOST_MILLIS);
        }

        private Optional<Given> header(String name) {
            return headers.apply(name).map(value -> new Given(name, value.strip()));
        }
    }
}
