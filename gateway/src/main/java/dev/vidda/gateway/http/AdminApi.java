package dev.vidda.gateway.http;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.admin.AdminJson;
import dev.vidda.gateway.admin.CapacityJson;
import dev.vidda.gateway.admin.ClusterView;
import dev.vidda.gateway.admin.plan.PlanTables;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.Json;
import dev.vidda.gateway.security.Caller;
import dev.vidda.gateway.security.Gatekeeper;
import dev.vidda.gateway.security.Permit;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.FitAnswer;
import dev.vidda.protocol.FitQuestion;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.WorkerOrderReply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoints under {@code /admin/}: what there is, what fits, what would, and orders to workers and scheduler. Each
 * order is logged with the name of the key that gave it.
 */
final class AdminApi {
    private static final Logger AUDIT = LoggerFactory.getLogger("dev.vidda.audit");
    private static final Duration ANSWER_TIME = Duration.ofSeconds(3);
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);
    private static final long DRAIN_MILLIS = 30_000;
    /** What a worker can be told. */
    static final List<String> ORDERS = List.of("drain", "resume", "flush", "load", "unload");

    private static final String WORKERS = "/admin/workers/";

    private final ActorSystem<?> system;
    private final ActorRef<SchedulerCommand> scheduler;
    private final ServedModels models;
    private final ClusterView view;
    private final BodyReader bodies;
    private final Gatekeeper gatekeeper;
    private final GenerationEndpoint generation;
    private final WorkerHosts hosts;
    private final PlanTables tables = PlanTables.load();

    /** What the admin endpoints need. */
    record Parts(
            ActorSystem<?> system,
            ActorRef<SchedulerCommand> scheduler,
            ServedModels models,
            ClusterView view,
            BodyReader bodies,
            Gatekeeper gatekeeper,
            GenerationEndpoint generation) {}

    AdminApi(Parts parts) {
        this.system = parts.system();
        this.scheduler = parts.scheduler();
        this.models = parts.models();
        this.view = parts.view();
        this.bodies = parts.bodies();
        this.gatekeeper = parts.gatekeeper();
        this.generation = parts.generation();
        this.hosts = new WorkerHosts(parts.system(), ANSWER_TIME);
    }

    /** @throws ApiException with status 404 or 405 */
    CompletionStage<HttpResponse> handle(Exchange exchange) {
        String path = exchange.request().getUri().path();
        return switch (path) {
            case "/admin/capacity" -> {
                require(exchange, "GET");
                yield exchange.request().getUri().query().get("watch").isPresent()
                        ? CompletableFuture.completedStage(watch())
                        : capacity().thenApply(json -> Responses.json(200, json));
            }
            case "/admin/workers" -> {
                require(exchange, "GET");
                yield capacity().thenApply(json -> Responses.json(200, json.path("workers")));
            }
            case "/admin/capacity/fit" -> {
                require(exchange, "POST");
                yield body(exchange).thenCompose(this::fit);
            }
            case "/admin/plan" -> {
                require(exchange, "GET");
                yield CompletableFuture.completedStage(Responses.json(
                        200,
                        PlanQuery.answer(tables, exchange.request().getUri().query())));
            }
            case "/admin/limits" -> limits(exchange);
            case "/admin/prefixes/warm" -> {
                require(exchange, "POST");
                yield body(exchange).thenCompose(body -> warm(exchange, body));
            }
            default -> {
                if (path.startsWith(WORKERS)) {
                    if (path.indexOf('/', WORKERS.length()) < 0) {
                        require(exchange, "GET");
                        yield hosts.describe(path.substring(WORKERS.length()));
                    }
                    require(exchange, "POST");
                    yield body(exchange).thenCompose(body -> order(exchange, path.substring(WORKERS.length()), body));
                }
                throw new ApiException(ApiError.http(404, "not_found", "There is nothing at '" + path + "'."));
            }
        };
    }

    private CompletionStage<ObjectNode> capacity() {
        return this.<Capacity>ask(SchedulerCommand.AskCapacity::new)
                .thenApply(now ->
                        CapacityJson.of(new ClusterView.Snapshot(now, view.get().rates())));
    }

    /** An event with all of it whenever something changed, but for the age of reports. */
    private HttpResponse watch() {
        Source<ByteString, NotUsed> events = Source.tick(Duration.ZERO, WATCH_INTERVAL, NotUsed.getInstance())
                .mapAsync(1, tick -> capacity())
                .statefulMapConcat(() -> {
                    String[] last = {""};
                    return json -> {
                        String comparable = comparable(json);
                        if (comparable.equals(last[0])) {
                            return List.of();
                        }
                        last[0] = comparable;
                        return List.of(ByteString.fromString("data: " + json + "\n\n"));
                    };
                })
                .keepAlive(Duration.ofSeconds(15), () -> ByteString.fromString(": ping\n\n"))
                .mapMaterializedValue(tick -> NotUsed.getInstance());
        return Responses.events(events);
    }

    private static String comparable(ObjectNode json) {
        ObjectNode copy = json.deepCopy();
        copy.path("workers")
                .forEach(worker -> ((ObjectNode) worker).remove(List.of("reportAgeMillis", "stepStillMillis")));
        return copy.toString();
    }

    private CompletionStage<HttpResponse> fit(ObjectNode body) {
        FitQuestion question = AdminJson.question(body, only());
        return this.<FitAnswer>ask(replyTo -> new SchedulerCommand.AskFit(question, replyTo))
                .thenApply(answer -> Responses.json(200, AdminJson.answer(question, answer)));
    }

    private String only() {
        List<ServedModels.Target> serving = models.serving();
        return serving.size() == 1 ? serving.getFirst().model().id() : "";
    }

    private CompletionStage<HttpResponse> limits(Exchange exchange) {
        if (exchange.request().method().value().equals("GET")) {
            bodies.discard(exchange.request());
            return this.<SchedulerLimits>ask(SchedulerCommand.AskLimits::new)
                    .thenApply(limits -> Responses.json(200, AdminJson.limits(limits)));
        }
        require(exchange, "PATCH");
        return body(exchange)
                .thenCompose(changes -> this.<SchedulerLimits>ask(SchedulerCommand.AskLimits::new)
                        .thenCompose(before -> {
                            SchedulerLimits wanted = AdminJson.changed(before, changes);
                            return this.<SchedulerLimits>ask(
                                            replyTo -> new SchedulerCommand.ChangeLimits(wanted, replyTo))
                                    .thenApply(after -> {
                                        audit(exchange, "limits: " + before + " -> " + after);
                                        return Responses.json(200, AdminJson.limits(after));
                                    });
                        }));
    }

    /** {@code {id}/drain}, {@code resume}, {@code flush}, {@code load} or {@code unload}. */
    private CompletionStage<HttpResponse> order(Exchange exchange, String rest, ObjectNode body) {
        int slash = rest.lastIndexOf('/');
        String id = slash < 0 ? rest : rest.substring(0, slash);
        String order = slash < 0 ? "" : rest.substring(slash + 1);
        if (order.equals("load") || order.equals("unload")) {
            audit(exchange, order + " worker " + id + " " + body);
            return order.equals("load")
                    ? hosts.load(id, model(body), deadline(body))
                    : hosts.unload(id, deadline(body));
        }
        CompletionStage<WorkerOrderReply> reply = switch (order) {
            case "drain" -> {
                long deadline = deadline(body);
                yield ask(replyTo -> new SchedulerCommand.DrainWorker(id, deadline, replyTo));
            }
            case "resume" -> ask(replyTo -> new SchedulerCommand.ResumeWorker(id, replyTo));
            case "flush" -> ask(replyTo -> new SchedulerCommand.FlushWorker(id, replyTo));
            default ->
                throw new ApiException(ApiError.http(
                        404, "not_found", "A worker takes the orders " + ORDERS + ", but not '" + order + "'."));
        };
        return reply.thenApply(answer -> {
            if (!answer.known()) {
                throw new ApiException(ApiError.http(404, "worker_not_found", "There is no worker '" + id + "'."));
            }
            audit(exchange, order + " worker " + id + " " + body);
            return Responses.json(
                    202, Json.MAPPER.createObjectNode().put("worker", id).put("order", order));
        });
    }

    private static long deadline(ObjectNode body) {
        JsonNode given = body.path("deadlineMillis");
        long deadline = given.asLong(DRAIN_MILLIS);
        if (deadline < 0 || !given.isMissingNode() && !given.isIntegralNumber()) {
            throw new ApiException(ApiError.invalid(
                    "deadlineMillis", "'deadlineMillis' must be an integer of at least 0, but it is " + given + "."));
        }
        return deadline;
    }

    private static String model(ObjectNode body) {
        if (!body.path("model").isTextual()) {
            throw new ApiException(ApiError.invalid("model", "'model' must be the name of a model."));
        }
        return body.path("model").asText();
    }

    /** Runs a request for one token, so that its prompt is in the prefix cache of the tenant it names. */
    private CompletionStage<HttpResponse> warm(Exchange exchange, ObjectNode body) {
        String tenant = body.path("tenant").asText("");
        body.remove(List.of("tenant", "stream", "stream_options", "max_completion_tokens", "min_tokens"));
        body.put("max_tokens", 1).put("n", 1);
        audit(exchange, "warm a prefix for tenant '" + tenant + "'");
        Permit permit = gatekeeper.enter(Caller.inNameOf(exchange.caller(), tenant));
        exchange.clientGone().thenRun(permit::close);
        Api api = body.has("messages") ? Api.CHAT : Api.COMPLETION;
        return generation.warm(exchange, permit, api, Json.bytes(body));
    }

    private CompletionStage<ObjectNode> body(Exchange exchange) {
        return bodies.read(exchange.request())
                .thenApply(bytes -> Json.object(bytes.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : bytes));
    }

    private void require(Exchange exchange, String method) {
        String found = exchange.request().method().value();
        if (!found.equals(method)) {
            throw new ApiException(ApiError.http(
                    405,
                    "method_not_allowed",
                    "This address takes " + method + " requests, but this one is " + found + "."));
        }
        if (method.equals("GET")) {
            bodies.discard(exchange.request());
        }
    }

    private static void audit(Exchange exchange, String what) {
        String id = exchange.requestId();
        String key = exchange.caller().keyName();
        AUDIT.atInfo().addKeyValue("request_id", id).addKeyValue("key", key).log("{} by key '{}': {}", id, key, what);
    }

    private <T> CompletionStage<T> ask(Function<ActorRef<T>, SchedulerCommand> question) {
        return AskPattern.<SchedulerCommand, T>ask(scheduler, question::apply, ANSWER_TIME, system.scheduler())
                .exceptionally(failure -> {
                    throw failure instanceof TimeoutException || isTimeout(failure.getCause())
                            ? new ApiException(
                                    ApiError.unavailable("no_scheduler", "The scheduler does not answer.", 1))
                            : new IllegalStateException("the scheduler could not be asked", failure);
                });
    }

    private static boolean isTimeout(@Nullable Throwable cause) {
        return cause instanceof TimeoutException;
    }
}
