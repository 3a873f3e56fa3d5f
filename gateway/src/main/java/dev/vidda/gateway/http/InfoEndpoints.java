package dev.vidda.gateway.http;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.admin.ClusterView;
import dev.vidda.gateway.openai.ApiError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What can be asked about the server: models, health, version. */
final class InfoEndpoints {
    private final ServedModels models;
    private final ClusterView view;
    private final StartProgress progress;
    private final BooleanSupplier draining;
    private final String version;

    InfoEndpoints(
            ServedModels models, ClusterView view, StartProgress progress, BooleanSupplier draining, String version) {
        this.models = models;
        this.view = view;
        this.progress = progress;
        this.draining = draining;
        this.version = version;
    }

    /** The description of the API. */
    static HttpResponse openApi() {
        try (InputStream in = InfoEndpoints.class.getResourceAsStream("/web/openapi.json")) {
            return Responses.json(
                    200, Objects.requireNonNull(in, "/web/openapi.json").readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("/web/openapi.json cannot be read", e);
        }
    }

    HttpResponse listModels() {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = body.putArray("data");
        models.serving().forEach(target -> data.add(card(target)));
        return Responses.json(200, body);
    }

    HttpResponse model(String id) {
        List<ServedModels.Target> serving = models.serving();
        return serving.stream()
                .filter(target -> target.model().id().equals(id))
                .findFirst()
                .map(target -> Responses.json(200, card(target)))
                .orElseGet(() -> Responses.error(ApiError.modelNotFound(
                        id, serving.stream().map(target -> target.model().id()).toList())));
    }

    /** 200 only while a model has a worker whose steps go on, and new requests are taken. */
    HttpResponse health() {
        Optional<String> obstacle = draining.getAsBoolean()
                ? Optional.of("The server is shutting down.")
                : models.obstacle().or(view::trouble);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (obstacle.isPresent()) {
            body.put("status", "unavailable").put("reason", obstacle.get());
            return Responses.json(503, withProgress(body));
        }
        progress.serving();
        body.put("status", "ok");
        ArrayNode ids = body.putArray("models");
        models.serving().forEach(target -> ids.add(target.model().id()));
        return Responses.json(200, body);
    }

    /** 200 as long as the process answers at all. */
    HttpResponse alive() {
        return Responses.json(200, JsonNodeFactory.instance.objectNode().put("status", "ok"));
    }

    /** 503 until the server could serve for the first time, with how far it has come; 200 from then on. */
    HttpResponse startup() {
        if (models.obstacle().isEmpty()) {
            progress.serving();
        }
        ObjectNode body = withProgress(JsonNodeFactory.instance.objectNode());
        return Responses.json(progress.state().done() ? 200 : 503, body);
    }

    private ObjectNode withProgress(ObjectNode body) {
        StartProgress.State state = progress.state();
        return body.put("phase", state.phase())
                .put("loadedBytes", state.loadedBytes())
                .put("totalBytes", state.totalBytes())
                .put("elapsedSeconds", progress.elapsedSeconds());
    }

    HttpResponse version() {
        return Responses.json(200, JsonNodeFactory.instance.objectNode().put("version", version));
    }

    private static ObjectNode card(ServedModels.Target target) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", target.model().id())
                .put("object", "model")
                .put("created", target.model().createdEpochSeconds())
                .put("owned_by", "vidda")
                .put("root", target.model().id())
                .putNull("parent")
                .put("max_model_len", target.longestContext())
                .put("max_fitting_len", target.longestFit());
    }
}
