package dev.vidda.gateway.http;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.stream.Materializer;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.gateway.admin.CapacityPoll;
import dev.vidda.gateway.admin.ClusterView;
import dev.vidda.gateway.metrics.ClusterMetrics;
import dev.vidda.gateway.metrics.MetricsPage;
import dev.vidda.gateway.metrics.RequestMetrics;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ServedModel;
import dev.vidda.gateway.security.Exposure;
import dev.vidda.gateway.security.Gatekeeper;
import dev.vidda.gateway.security.QuotaShare;
import dev.vidda.gateway.security.Tls;
import dev.vidda.gateway.socket.SocketListener;
import dev.vidda.gateway.stream.HubTimes;
import dev.vidda.gateway.stream.TokenHub;
import dev.vidda.gateway.trace.RequestTraces;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.trace.Tracing;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

/**
 * The running gateway. It is bound before any model is loaded: requests get 503 until {@link #serve} was called and the
 * scheduler knows a worker for the model.
 */
public final class GatewayServer {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);
    /** Given to the last bytes of answers that are complete. */
    private static final Duration FLUSH_TIME = Duration.ofSeconds(2);

    private static final Duration ANSWER_TIME = Duration.ofMillis(50);
    private static final Duration CAPACITY_INTERVAL = Duration.ofSeconds(1);
    private static final Duration QUOTA_INTERVAL = Duration.ofMillis(500);
    private static final long RETRY_AFTER_SECONDS = 1;
    private static final String DRAIN_PHASE_TIMEOUT = "akka.coordinated-shutdown.phases.service-requests-done.timeout";

    private final ActorSystem<?> system;
    private final GatewaySettings settings;
    private final Parts parts;
    private final SocketListener listener;
    private final AtomicBoolean drainBegun = new AtomicBoolean();
    private final CompletableFuture<Done> drained = new CompletableFuture<>();

    /** What exists before the port is bound. */
    private record Parts(
            ServedModels models,
            ActorRef<TokenHub.Command> hub,
            ActorRef<WorkerPoll.Command> poll,
            ActorRef<CapacityPoll.Command> capacityPoll,
            ActorRef<QuotaShare.Command> quotas,
            ClusterView view,
            StartProgress progress,
            Connections connections) {
        void stopActors() {
            hub.tell(TokenHub.stop());
            poll.tell(WorkerPoll.stop());
            capacityPoll.tell(CapacityPoll.stop());
            quotas.tell(QuotaShare.stop());
        }
    }

    private GatewayServer(ActorSystem<?> system, GatewaySettings settings, Parts parts, SocketListener listener) {
        this.system = system;
        this.settings = settings;
        this.parts = parts;
        this.listener = listener;
    }

    /**
     * Binds the gateway's port. When the actor system shuts down, the gateway first stops taking requests, then lets
     * running answers finish within the time that its settings give them.
     *
     * <p>Fails with an {@link IllegalArgumentException} if the keys or the certificate cannot be used, or if others could
     * reach a gateway that asks for no key.
     *
     * @param expectedModels ids of the models that {@link #serve} will be called with, so that requests for them get 503
     *     rather than 404 until then
     */
    public static CompletionStage<GatewayServer> start(
            ActorSystem<?> system,
            GatewaySettings settings,
            ActorRef<SchedulerCommand> scheduler,
            Set<String> expectedModels) {
        try {
            Gatekeeper gatekeeper = Gatekeeper.of(settings.security(), System::nanoTime);
            Exposure.check(settings.host(), gatekeeper, settings.security().insecure());
            Optional<Tls> tls = settings.security()
                    .tls()
                    .map(files -> Tls.load(files, settings.security().reload(), System::nanoTime));
            if (!gatekeeper.asksForKeys()) {
                LOG.info("No API key is configured: everybody who reaches {} may use all of it", settings.host());
            }
            Parts parts = parts(system, settings, scheduler, expectedModels, gatekeeper);
            RequestHandler api = api(system, settings, scheduler, parts, gatekeeper);
            GatewayServer server = new GatewayServer(system, settings, parts, bind(system, settings, parts, tls, api));
            server.joinCoordinatedShutdown();
            return CompletableFuture.completedStage(server);
        } catch (IllegalArgumentException | IOException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** Serves a model, or replaces it by a newly loaded one of the same id. */
    public void serve(ServedModel model) {
        parts.models().serve(model.withDialect(settings.dialect().over(model.dialect())));
    }

    /** So many bytes of this node's weights are loaded: what {@code /startupz} says until it serves. */
    public void loading(long loadedBytes, long totalBytes) {
        parts.progress().loading(loadedBytes, totalBytes);
    }

    /** Whether there is a model that can be served now: what {@code /health} says. */
    public boolean isServing() {
        return parts.models().obstacle().isEmpty();
    }

    /** Where the gateway listens. */
    public InetSocketAddress address() {
        return listener.address();
    }

    /** The actor that knows all requests under way. */
    public ActorRef<TokenHub.Command> hub() {
        return parts.hub();
    }

    /** Stops as on shutdown: takes nothing new, lets answers finish in time, ends the rest with an error. */
    public CompletionStage<Done> stop() {
        return unbind().thenCompose(ignored -> drain());
    }

    private CompletionStage<Done> unbind() {
        listener.unbind();
        parts.connections().drain();
        return CompletableFuture.completedStage(Done.getInstance());
    }

    private CompletionStage<Done> drain() {
        if (drainBegun.compareAndSet(false, true)) {
            AskPattern.<TokenHub.Command, Done>ask(
                            parts.hub(), TokenHub.AwaitIdle::new, drainTime(), system.scheduler())
                    .exceptionally(late -> failTheRest())
                    .thenCompose(idle -> within(FLUSH_TIME, parts.connections().none()))
                    .whenComplete((flushed, failure) -> {
                        listener.abort();
                        parts.stopActors();
                        drained.complete(Done.getInstance());
                    });
        }
        return drained;
    }

    /** An idle hub needs a moment to say so, even where answers get no time at all. */
    private Duration drainTime() {
        return settings.shutdownTimeout().compareTo(ANSWER_TIME) < 0 ? ANSWER_TIME : settings.shutdownTimeout();
    }

    private Done failTheRest() {
        LOG.warn("Ending the answers that did not finish within {}", settings.shutdownTimeout());
        parts.hub()
                .tell(new TokenHub.FailAll(ApiError.unavailable(
                        "shutting_down", "The server shut down before the answer was complete.", RETRY_AFTER_SECONDS)));
        return Done.getInstance();
    }

    private static CompletionStage<Done> within(Duration time, CompletionStage<Done> stage) {
        return stage.toCompletableFuture().copy().completeOnTimeout(Done.getInstance(), time.toMillis(), MILLISECONDS);
    }

    private void joinCoordinatedShutdown() {
        Duration phase = system.settings().config().getDuration(DRAIN_PHASE_TIMEOUT);
        Duration needed = settings.shutdownTimeout().plus(FLUSH_TIME);
        if (phase.compareTo(needed) < 0) {
            LOG.warn("{} is {}, but the gateway may need {} to let answers finish", DRAIN_PHASE_TIMEOUT, phase, needed);
        }
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        Supplier<CompletionStage<Done>> unbind = this::unbind;
        Supplier<CompletionStage<Done>> drain = this::drain;
        String name = "gateway-" + address().getPort();
        shutdown.addTask(CoordinatedShutdown.PhaseServiceUnbind(), name + "-unbind", unbind);
        shutdown.addTask(CoordinatedShutdown.PhaseServiceRequestsDone(), name + "-drain", drain);
    }

    private static Parts parts(
            ActorSystem<?> system,
            GatewaySettings settings,
            ActorRef<SchedulerCommand> scheduler,
            Set<String> expectedModels,
            Gatekeeper gatekeeper) {
        ServedModels models =
                new ServedModels(expectedModels, settings.continuation().workerWait());
        ClusterView view = new ClusterView();
        // Several gateways may live in one actor system, and actor names are unique.
        String suffix = UUID.randomUUID().toString();
        return new Parts(
                models,
                system.systemActorOf(
                        TokenHub.create(scheduler, HubTimes.of(settings.admissionTimeout(), settings.continuation())),
                        "token-hub-" + suffix,
                        Props.empty()),
                system.systemActorOf(
                        WorkerPoll.create(scheduler, models, settings.modelPoll()),
                        "worker-poll-" + suffix,
                        Props.empty()),
                system.systemActorOf(
                        CapacityPoll.create(scheduler, view, CAPACITY_INTERVAL),
                        "capacity-poll-" + suffix,
                        Props.empty()),
                system.systemActorOf(
                        QuotaShare.create(gatekeeper, QUOTA_INTERVAL), "quota-share-" + suffix, Props.empty()),
                view,
                new StartProgress(System::nanoTime),
                new Connections());
    }

    private static RequestHandler api(
            ActorSystem<?> system,
            GatewaySettings settings,
            ActorRef<SchedulerCommand> scheduler,
            Parts parts,
            Gatekeeper gatekeeper) {
        Materializer materializer = Materializer.createMaterializer(system);
        BodyReader bodies = new BodyReader(settings.maxBody(), settings.bodyTimeout(), materializer);
        PrometheusRegistry registry = new PrometheusRegistry();
        RequestMetrics metrics = new RequestMetrics(registry, System::nanoTime);
        ClusterMetrics.register(registry, parts.view());
        Observers observers = new Observers(metrics, new RequestTraces(Tracing.of(system)));
        GenerationEndpoint.Threads threads = new GenerationEndpoint.Threads(
                threads(system, "text-dispatcher"), threads(system, "large-text-dispatcher"));
        RequestPreparation preparation = new RequestPreparation(parts.models(), settings, Clock.systemDefaultZone());
        GenerationEndpoint generation =
                new GenerationEndpoint(settings, preparation, observers, bodies, threads, parts.hub());
        InfoEndpoints info = new InfoEndpoints(
                parts.models(), parts.view(), parts.progress(), parts.connections()::isDraining, Version.current());
        AdminApi admin = new AdminApi(
                new AdminApi.Parts(system, scheduler, parts.models(), parts.view(), bodies, gatekeeper, generation));
        Optional<byte[]> page = settings.webChat() ? Optional.of(ChatPage.load()) : Optional.empty();
        InstructEndpoint instruct = new InstructEndpoint(generation, settings.limits());
        TextEndpoints texts = new TextEndpoints(parts.models(), preparation, bodies, threads.ordinary());
        return new HttpApi(
                new HttpApi.Guards(gatekeeper, metrics, settings.security().metricsPublic()),
                new HttpApi.Endpoints(generation, instruct, texts, admin, info, new MetricsPage(registry)),
                bodies,
                page,
                parts.connections()::isDraining);
    }

    private static SocketListener bind(
            ActorSystem<?> system, GatewaySettings settings, Parts parts, Optional<Tls> tls, RequestHandler api)
            throws IOException {
        try {
            return HttpConnections.bind(system, settings, parts.connections(), tls, api);
        } catch (IOException | IllegalArgumentException e) {
            parts.stopActors();
            throw e;
        }
    }

    private static Executor threads(ActorSystem<?> system, String key) {
        return system.dispatchers().lookup(DispatcherSelector.fromConfig(GatewaySettings.PATH + "." + key));
    }
}
