package dev.vidda.gateway.http;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.util.ByteString;
import dev.vidda.gateway.anthropic.MessagesWriter;
import dev.vidda.gateway.metrics.MetricsPage;
import dev.vidda.gateway.metrics.RequestMetrics;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.security.Caller;
import dev.vidda.gateway.security.Gatekeeper;
import dev.vidda.gateway.security.Permit;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the endpoint for a request, and turns whatever goes wrong into OpenAI's error form. */
final class HttpApi implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
    private static final String REQUEST_ID = "X-Request-Id";
    private static final Pattern VALID_REQUEST_ID = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");
    private static final String MODEL_PREFIX = "/v1/models/";
    private static final String ADMIN_PREFIX = "/admin/";
    private static final long RETRY_AFTER_SECONDS = 2;
    /** What SDKs ask for below the base URL that they are given. */
    private static final Set<String> SDK_PATHS =
            Set.of("/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages", "/v1/models");

    private final Gatekeeper gatekeeper;
    private final RequestMetrics metrics;
    private final boolean metricsPublic;
    private final MetricsPage metricsPage;
    private final GenerationEndpoint generation;
    private final AdminApi admin;
    private final InstructEndpoint instruct;
    private final TextEndpoints texts;
    private final InfoEndpoints info;
    private final BodyReader bodies;
    private final Optional<byte[]> chatPage;
    private final BooleanSupplier draining;

    /** What every request passes. */
    record Guards(Gatekeeper gatekeeper, RequestMetrics metrics, boolean metricsPublic) {}

    /** All that answers. */
    record Endpoints(
            GenerationEndpoint generation,
            InstructEndpoint instruct,
            TextEndpoints texts,
            AdminApi admin,
            InfoEndpoints info,
            MetricsPage metricsPage) {}

    HttpApi(
            Guards guards,
            Endpoints endpoints,
            BodyReader bodies,
            Optional<byte[]> chatPage,
            BooleanSupplier draining) {
        this.gatekeeper = guards.gatekeeper();
        this.metrics = guards.metrics();
        this.metricsPublic = guards.metricsPublic();
        this.metricsPage = endpoints.metricsPage();
        this.generation = endpoints.generation();
        this.instruct = endpoints.instruct();
        this.admin = endpoints.admin();
        this.texts = endpoints.texts();
        this.info = endpoints.info();
        this.bodies = bodies;
        this.chatPage = chatPage.map(byte[]::clone);
        this.draining = draining;
    }

    @Override
    public CompletionStage<HttpResponse> handle(Arrived arrived) {
        HttpRequest request = arrived.request();
        String id = request.getHeader(REQUEST_ID)
                .map(HttpHeader::value)
                .filter(value -> VALID_REQUEST_ID.matcher(value).matches())
                .orElseGet(() -> "req-" + UUID.randomUUID());
        CompletionStage<HttpResponse> response;
        try {
            response = route(new Exchange(
                    request, id, arrived.clientGone(), arrived.body(), caller(request), System.currentTimeMillis()));
        } catch (RuntimeException e) {
            bodies.discard(request);
            response = CompletableFuture.failedStage(e);
        }
        return response.exceptionally(failure -> {
                    ApiError error = explain(id, failure);
                    metrics.refused(error);
                    return failed(request, id, error);
                })
                .thenApply(done -> {
                    metrics.response(done.status().intValue());
                    return done.addHeader(RawHeader.create(REQUEST_ID, id));
                });
    }

    private CompletionStage<HttpResponse> route(Exchange exchange) {
        String path = exchange.request().getUri().path();
        return switch (path) {
            case "/v1/chat/completions" -> generate(exchange, Api.CHAT);
            case "/v1/completions" -> generate(exchange, Api.COMPLETION);
            case "/v1/responses" -> generate(exchange, Api.RESPONSES);
            case "/v1/messages" -> generate(exchange, Api.MESSAGES);
            case "/v1/qwen3/instruct" -> generate(exchange, permit -> instruct.handle(exchange, permit));
            case "/v1/messages/count_tokens" -> post(exchange, texts::countTokens);
            case "/tokenize", "/v1/tokenize" -> post(exchange, texts::tokenize);
            case "/detokenize", "/v1/detokenize" -> post(exchange, texts::detokenize);
            case "/v1/models" -> get(exchange, info::listModels);
            case "/health", "/readyz" -> get(exchange, info::health);
            case "/livez" -> get(exchange, info::alive);
            case "/startupz" -> get(exchange, info::startup);
            case "/version" -> get(exchange, info::version);
            case "/metrics" -> get(exchange, this::metrics);
            case "/openapi.json" -> get(exchange, InfoEndpoints::openApi);
            case "/" -> get(exchange, () -> page(path));
            default -> {
                if (path.startsWith(ADMIN_PREFIX)) {
                    gatekeeper.requireAdmin(exchange.caller());
                    yield admin.handle(exchange);
                }
                if (path.length() > MODEL_PREFIX.length() && path.startsWith(MODEL_PREFIX)) {
                    yield get(exchange, () -> info.model(decoded(path.substring(MODEL_PREFIX.length()))));
                }
                throw notFound(path);
            }
        };
    }

    private CompletionStage<HttpResponse> generate(Exchange exchange, Api api) {
        return generate(exchange, permit -> generation.handle(exchange, permit, api));
    }

    private CompletionStage<HttpResponse> generate(
            Exchange exchange, Function<Permit, CompletionStage<HttpResponse>> answer) {
        if (!exchange.request().method().value().equals("POST")) {
            return wrongMethod(exchange, "POST");
        }
        if (draining.getAsBoolean()) {
            throw new ApiException(
                    ApiError.unavailable("shutting_down", "The server is shutting down.", RETRY_AFTER_SECONDS));
        }
        Permit permit = gatekeeper.enter(exchange.caller());
        exchange.clientGone().thenRun(permit::close);
        return answer.apply(permit);
    }

    private CompletionStage<HttpResponse> post(
            Exchange exchange, Function<Exchange, CompletionStage<HttpResponse>> answer) {
        return exchange.request().method().value().equals("POST")
                ? answer.apply(exchange)
                : wrongMethod(exchange, "POST");
    }

    /** Everybody may see the page and ask how the server is; all else needs a key where there are keys. */
    private Caller caller(HttpRequest request) {
        return switch (request.getUri().path()) {
            case "/", "/health", "/livez", "/readyz", "/startupz", "/version" -> Caller.ANYONE;
            case "/metrics" -> metricsPublic ? Caller.ANYONE : identified(request);
            default -> identified(request);
        };
    }

    private Caller identified(HttpRequest request) {
        return gatekeeper.identify(
                request.getHeader("Authorization").map(HttpHeader::value),
                request.getHeader("x-api-key").map(HttpHeader::value));
    }

    private HttpResponse metrics() {
        return HttpResponse.create()
                .withEntity(HttpEntities.create(
                        ContentTypes.parse(MetricsPage.CONTENT_TYPE), ByteString.fromArrayUnsafe(metricsPage.bytes())));
    }

    private CompletionStage<HttpResponse> get(Exchange exchange, Supplier<HttpResponse> answer) {
        String method = exchange.request().method().value();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return wrongMethod(exchange, "GET");
        }
        bodies.discard(exchange.request());
        return CompletableFuture.completedStage(answer.get());
    }

    private HttpResponse page(String path) {
        byte[] html = chatPage.orElseThrow(() -> notFound(path));
        return HttpResponse.create()
                .withEntity(HttpEntities.create(ContentTypes.TEXT_HTML_UTF8, ByteString.fromArray(html)))
                .addHeader(RawHeader.create("Content-Security-Policy", ChatPage.CONTENT_SECURITY_POLICY))
                .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"))
                .addHeader(RawHeader.create("Referrer-Policy", "no-referrer"))
                .addHeader(RawHeader.create("Cache-Control", "no-cache"));
    }

    private CompletionStage<HttpResponse> wrongMethod(Exchange exchange, String allowed) {
        bodies.discard(exchange.request());
        ApiError error = ApiError.http(
                405,
                "method_not_allowed",
                "This address takes " + allowed + " requests, but this one is "
                        + exchange.request().method().value() + ".");
        return CompletableFuture.completedStage(Responses.error(error).addHeader(RawHeader.create("Allow", allowed)));
    }

    /** Model ids hold slashes, which clients write as {@code %2F}; a plus sign is itself in a path. */
    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw notFound(path);
        }
    }

    /** Clients whose base URL lacks {@code /v1}, or has it where they add it themselves, are told. */
    private static ApiException notFound(String path) {
        String once = path.replaceFirst("^(/v1)+/|^/", "/v1/");
        String hint =
                SDK_PATHS.contains(once) ? " Did you mean '" + once + "'? Check the base URL of your client." : "";
        return new ApiException(ApiError.http(404, "not_found", "There is nothing at '" + path + "'." + hint));
    }

    private static HttpResponse failed(HttpRequest request, String id, ApiError error) {
        boolean anthropic = request.getUri().path().startsWith("/v1/messages");
        return anthropic
                ? Responses.error(error, MessagesWriter.error(error, id)).addHeader(RawHeader.create("request-id", id))
                : Responses.error(error);
    }

    private static ApiError explain(String requestId, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ApiException expected) {
            return expected.error();
        }
        LOG.atError().setCause(cause).addKeyValue("request_id", requestId).log("Request {} failed", requestId);
        return ApiError.internal(requestId);
    }
}
