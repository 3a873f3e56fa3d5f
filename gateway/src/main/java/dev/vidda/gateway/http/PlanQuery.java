package dev.vidda.gateway.http;

import akka.http.javadsl.model.Query;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.vidda.gateway.admin.plan.GpuType;
import dev.vidda.gateway.admin.plan.ModelFacts;
import dev.vidda.gateway.admin.plan.PlanJson;
import dev.vidda.gateway.admin.plan.PlanRequest;
import dev.vidda.gateway.admin.plan.PlanTables;
import dev.vidda.gateway.admin.plan.Planner;
import dev.vidda.gateway.admin.plan.Precision;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.Json;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The query of {@code GET /admin/plan}: without a GPU or model, the answer has one plan for each that is known. */
final class PlanQuery {
    private static final int CONTEXT = 4096;
    private static final Set<String> NAMES =
            Set.of("gpu", "gpus", "model", "dtype", "kvBytes", "context", "concurrency", "batchTokens", "kvShare");

    private PlanQuery() {}

    /** @throws ApiException with status 400 naming what is wrong */
    static JsonNode answer(PlanTables tables, Query query) {
        query.toMap().keySet().stream()
                .filter(name -> !NAMES.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new ApiException(ApiError.invalid(
                            name,
                            "There is no parameter '" + name + "'; there are " + String.join(", ", new TreeSet<>(NAMES))
                                    + "."));
                });
        try {
            Collection<GpuType> gpus = query.get("gpu").isPresent()
                    ? List.of(tables.gpu(query.get("gpu").get()))
                    : tables.gpus().values();
            Collection<ModelFacts> models = query.get("model").isPresent()
                    ? List.of(tables.model(query.get("model").get()))
                    : tables.models().values();
            ArrayNode plans = Json.MAPPER.createArrayNode();
            for (ModelFacts model : models) {
                for (GpuType gpu : gpus) {
                    plans.add(PlanJson.of(Planner.plan(request(gpu, model, query))));
                }
            }
            return plans.size() == 1
                    ? plans.get(0)
                    : Json.MAPPER.createObjectNode().set("plans", plans);
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    /** Messages begin with the parameter, or with "no" and then the parameter. */
    private static ApiException invalid(String message) {
        String first = message.replaceFirst("^no ", "").split(" ", 2)[0];
        String name = NAMES.stream().filter(first::equalsIgnoreCase).findFirst().orElse(null);
        return new ApiException(ApiError.invalid(name, message + "."));
    }

    private static PlanRequest request(GpuType gpu, ModelFacts model, Query query) {
        return new PlanRequest(
                gpu,
                number(query, "gpus", 1),
                model,
                Precision.parse(query.get("dtype").orElse("bf16")),
                number(query, "kvBytes", 2),
                number(query, "context", Math.min(CONTEXT, model.maxPositions())),
                number(query, "concurrency", 1),
                number(query, "batchTokens", PlanRequest.BATCH_TOKENS),
                share(query.get("kvShare")));
    }

    private static int number(Query query, String name, int fallback) {
        Optional<String> text = query.get(name);
        try {
            return text.map(Integer::parseInt).orElse(fallback);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be an integer, but it is '" + text.orElse("") + "'", e);
        }
    }

    private static double share(Optional<String> text) {
        try {
            return text.map(Double::parseDouble).orElse(PlanRequest.KV_SHARE);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("kvShare must be a number, but it is '" + text.orElse("") + "'", e);
        }
    }
}
