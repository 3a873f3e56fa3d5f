package dev.vidda.gateway.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.Json;
import dev.vidda.protocol.Services;
import dev.vidda.protocol.WorkerHostCommand;
import dev.vidda.protocol.WorkerHostReply;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Orders to the nodes of workers, which are there also while a worker has no model. */
final class WorkerHosts {
    private final ActorSystem<?> system;
    private final Duration answerTime;

    WorkerHosts(ActorSystem<?> system, Duration answerTime) {
        this.system = system;
        this.answerTime = answerTime;
    }

    CompletionStage<HttpResponse> describe(String workerId) {
        return ask(workerId, WorkerHostCommand.Describe::new).thenApply(reply -> Responses.json(200, json(reply)));
    }

    /** @throws ApiException with status 404 for an unknown worker or model, 409 when it cannot be done now */
    CompletionStage<HttpResponse> load(String workerId, String model, long deadlineMillis) {
        return ask(workerId, replyTo -> new WorkerHostCommand.Load(model, deadlineMillis, replyTo))
                .thenApply(reply -> answer(reply, "load '" + model + "'", model));
    }

    /** @throws ApiException with status 404 for an unknown worker, 409 when it cannot be done now */
    CompletionStage<HttpResponse> unload(String workerId, long deadlineMillis) {
        return ask(workerId, replyTo -> new WorkerHostCommand.Unload(deadlineMillis, replyTo))
                .thenApply(reply -> answer(reply, "unload", ""));
    }

    private static HttpResponse answer(WorkerHostReply reply, String order, String model) {
        return switch (reply.outcome()) {
            case ACCEPTED -> Responses.json(202, json(reply));
            case REFUSED ->
                throw new ApiException(ApiError.http(
                        409,
                        "worker_state",
                        "Worker '" + reply.workerId() + "' cannot " + order + " now: it is " + state(reply)
                                + (reply.model().isEmpty() ? "." : " '" + reply.model() + "'.")));
            case UNKNOWN_MODEL ->
                throw new ApiException(ApiError.http(
                        404,
                        "model_not_found",
                        "The node of worker '" + reply.workerId() + "' knows no model '" + model + "', only "
                                + reply.models() + " (vidda.node.models)."));
        };
    }

    private CompletionStage<WorkerHostReply> ask(
            String workerId, Function<ActorRef<WorkerHostReply>, WorkerHostCommand> order) {
        ServiceKey<WorkerHostCommand> key = Services.workerHost(workerId);
        return AskPattern.<Receptionist.Command, Receptionist.Listing>ask(
                        system.receptionist(),
                        replyTo -> Receptionist.find(key, replyTo),
                        answerTime,
                        system.scheduler())
                .thenCompose(listing -> listing.getServiceInstances(key).stream()
                        .findFirst()
                        .map(host -> AskPattern.ask(host, order::apply, answerTime, system.scheduler()))
                        .orElseThrow(() -> new ApiException(
                                ApiError.http(404, "worker_not_found", "There is no worker '" + workerId + "'."))));
    }

    private static String state(WorkerHostReply reply) {
        return reply.state().name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode json(WorkerHostReply reply) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("worker", reply.workerId())
                .put("state", state(reply))
                .put("model", reply.model())
                .put("loadedBytes", reply.loadedBytes())
                .put("totalBytes", reply.totalBytes());
        json.put("error", reply.error().isEmpty() ? null : reply.error());
        reply.models().forEach(json.putArray("models")::add);
        return json;
    }
}
