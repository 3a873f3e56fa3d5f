package dev.vidda.node;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.cluster.typed.Cluster;
import dev.vidda.gateway.http.GatewayServer;
import dev.vidda.gateway.openai.ServedModel;
import dev.vidda.gateway.stream.SchedulerLink;
import dev.vidda.gateway.text.ModelText;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.Services;
import dev.vidda.scheduler.Scheduler;
import dev.vidda.worker.WorkerEvent;
import dev.vidda.worker.WorkerSpec;
import dev.vidda.worker.model.LoadSettings;
import dev.vidda.worker.model.Models;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The root actor of a node: spawns its roles, and tells a {@link NodeListener} when all of them serve or one cannot.
 *
 * <p>The worker loads its weights while the gateway binds its port, tokenizers are read and the cluster is joined: whatever
 * comes last makes the node ready.
 */
final class Guardian extends AbstractOnMessageBehavior<Guardian.Command> {
    /** What it tells itself. */
    sealed interface Command permits GatewayBound, TextLoaded, Found, Failed, Event, HostedWorker.News {}

    private record GatewayBound(GatewayServer gateway) implements Command {}

    private record TextLoaded(String model, ModelText text) implements Command {}

    private record Found(Receptionist.Listing listing) implements Command {}

    private record Failed(NodeException reason) implements Command {}

    private enum Event implements Command {
        /** The node is up, and all others know it. */
        JOINED,
        CHECK
    }

    private static final String LONE_WORKER_ID = "worker-0";
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(5);
    /** For the answer that the last request has ended. */
    private static final Duration LEAVE_MARGIN = Duration.ofSeconds(5);

    private final NodeSettings settings;
    private final ModelTexts texts;
    private final NodeListener listener;
    private final Readiness readiness;
    private final CompletableFuture<Done> joined = new CompletableFuture<>();
    private final Optional<ActorRef<SchedulerCommand>> scheduler;
    private final List<ActorRef<HostedWorker.Command>> workers = new ArrayList<>();
    private final WorkerLoads loads = new WorkerLoads();
    private boolean announced;

    /** Makes the actor; {@code texts} are those that the settings ask for. */
    static Behavior<Command> create(NodeSettings settings, ModelTexts texts, NodeListener listener) {
        return Behaviors.setup(context -> new Guardian(context, settings, texts, listener));
    }

    private Guardian(ActorContext<Command> context, NodeSettings settings, ModelTexts texts, NodeListener listener) {
        super(context);
        this.settings = settings;
        this.texts = texts;
        this.listener = listener;
        readiness = new Readiness(settings);
        scheduler = has(Role.SCHEDULER).map(role -> context.spawn(Scheduler.create(settings.scheduler()), "scheduler"));
        if (settings.roles().contains(Role.WORKER)) {
            startWorkers();
        }
        if (settings.cluster().enabled()) {
            joinOthers();
        }
        if (settings.roles().contains(Role.GATEWAY)) {
            startGateway(gatewaysScheduler());
        }
        check();
    }

    private Optional<Role> has(Role role) {
        return Optional.of(role).filter(settings.roles()::contains);
    }

    /** One for each device. */
    private void startWorkers() {
        TreeMap<String, Path> models = new TreeMap<>(settings.models());
        models.put(settings.model().name(), settings.model().directory());
        Set<ActorRef<SchedulerCommand>> known = scheduler.map(Set::of).orElse(Set.of());
        List<Integer> devices = settings.model().deviceIndexes();
        for (int device : devices) {
            String id = devices.size() == 1
                    ? workerId().orElse(LONE_WORKER_ID)
                    : workerId().orElse("worker") + "-" + device;
            readiness.workerStarts(id);
            HostedWorker.Recipe recipe = new HostedWorker.Recipe(
                    id, models, model -> workerSpec(id, settings.model().load().on(device), model));
            workers.add(getContext()
                    .spawn(
                            HostedWorker.create(
                                    recipe,
                                    settings.model().name(),
                                    known,
                                    getContext().getSelf()),
                            "worker-" + device));
        }
    }

    private void joinOthers() {
        ActorContext<Command> context = getContext();
        context.spawn(SeenUp.create(context.getSelf(), Event.JOINED), "seen-up");
        ActorSystem<?> system = context.getSystem();
        List<ActorRef<HostedWorker.Command>> leaving = List.copyOf(workers);
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseServiceRequestsDone(), "worker-drain", () -> leave(system, leaving));
    }

    private void onJoined() {
        ActorContext<Command> context = getContext();
        ActorRef<Receptionist.Command> receptionist = context.getSystem().receptionist();
        scheduler.ifPresent(own -> receptionist.tell(Receptionist.register(Services.SCHEDULER, own)));
        if (!workers.isEmpty()) {
            receptionist.tell(Receptionist.subscribe(
                    Services.SCHEDULER, context.messageAdapter(Receptionist.Listing.class, Found::new)));
        }
        joined.complete(Done.getInstance());
        readiness.joined(selfAddress());
    }

    private CompletionStage<Done> leave(ActorSystem<?> system, List<ActorRef<HostedWorker.Command>> leaving) {
        Duration time = settings.worker().drainTime();
        CompletionStage<Done> all = CompletableFuture.completedStage(Done.getInstance());
        for (ActorRef<HostedWorker.Command> worker : leaving) {
            CompletionStage<Done> one = AskPattern.<HostedWorker.Command, Done>ask(
                            worker,
                            done -> new HostedWorker.Leave(time, done),
                            time.plus(LEAVE_MARGIN),
                            system.scheduler())
                    .exceptionally(late -> Done.getInstance());
            all = all.thenCombine(one, (before, now) -> now);
        }
        return all;
    }

    /** In a cluster, the first of all schedulers that live. */
    private ActorRef<SchedulerCommand> gatewaysScheduler() {
        return settings.cluster().enabled()
                ? getContext()
                        .spawn(SchedulerLink.create(settings.gateway().schedulerSilence(), joined), "scheduler-link")
                : scheduler.orElseThrow();
    }

    private void startGateway(ActorRef<SchedulerCommand> scheduler) {
        Set<String> models = settings.models().keySet();
        getContext()
                .pipeToSelf(
                        GatewayServer.start(getContext().getSystem(), settings.gateway(), scheduler, models),
                        (bound, failure) -> bound == null ? new Failed(bindFailure(failure)) : new GatewayBound(bound));
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        switch (command) {
            case HostedWorker.News news -> onWorker(news.workerId(), news.event());
            case GatewayBound bound -> onGatewayBound(bound.gateway());
            case TextLoaded loaded -> onTextLoaded(loaded.model(), loaded.text());
            case Found found -> onFound(found.listing());
            case Event.JOINED -> onJoined();
            case Event.CHECK -> {}
            case Failed failed -> listener.failed(failed.reason());
        }
        check();
        return this;
    }

    private void onWorker(String workerId, WorkerEvent event) {
        switch (event) {
            case WorkerEvent.Loading loading -> {
                loads.put(workerId, loading);
                listener.loading(loads.loadedBytes(), loads.totalBytes());
                readiness.gateway().ifPresent(loads::tell);
            }
            case WorkerEvent.Ready ready -> readiness.workerLoaded(ready.card());
            case WorkerEvent.Failed failed -> onWorkerFailed(workerId, failed.message());
        }
    }

    /** Others go on: an error of one device is none of another one. */
    private void onWorkerFailed(String workerId, String message) {
        long others = readiness.workerFailed(workerId);
        if (!announced || others == 0) {
            listener.failed(new NodeException(message));
        } else {
            getContext().getLog().error("Worker {} has failed, {} others go on: {}", workerId, others, message);
        }
    }

    private void onGatewayBound(GatewayServer bound) {
        readiness.gatewayBound(bound);
        // A small model is loaded before the port is bound.
        loads.tell(bound);
        for (String model : settings.models().keySet()) {
            getContext()
                    .pipeToSelf(
                            texts.of(model),
                            (loaded, failure) ->
                                    loaded == null ? new Failed(textFailure(failure)) : new TextLoaded(model, loaded));
        }
    }

    private void onTextLoaded(String model, ModelText text) {
        readiness
                .gateway()
                .ifPresent(server ->
                        server.serve(new ServedModel(model, text, Instant.now().getEpochSecond())));
        readiness.textServed(model);
    }

    private void onFound(Receptionist.Listing listing) {
        Set<ActorRef<SchedulerCommand>> found = listing.getServiceInstances(Services.SCHEDULER);
        workers.forEach(worker -> worker.tell(new HostedWorker.Schedulers(found)));
    }

    private void check() {
        if (announced || !readiness.isComplete()) {
            return;
        }
        if (readiness.isServing()) {
            announced = true;
            listener.ready(readiness.state());
        } else {
            getContext().scheduleOnce(CHECK_INTERVAL, getContext().getSelf(), Event.CHECK);
        }
    }

    private WorkerSpec workerSpec(String id, LoadSettings load, HostedWorker.ModelName model) {
        return new WorkerSpec(
                id,
                model.name(),
                progress -> Models.load(model.directory(), load, progress),
                settings.worker(),
                texts.of(model.name(), model.directory()).thenApply(ModelVocabulary::new));
    }

    /** What tells this node's workers from others; none is needed in a node without a cluster. */
    private Optional<String> workerId() {
        if (!settings.workerId().isBlank()) {
            return Optional.of(settings.workerId());
        }
        return settings.cluster().enabled()
                ? Optional.of("worker-" + selfAddress().replaceAll("[^A-Za-z0-9.]+", "-"))
                : Optional.empty();
    }

    /** Host and port at which other nodes reach this one. */
    private String selfAddress() {
        return Cluster.get(getContext().getSystem())
                .selfMember()
                .address()
                .hostPort()
                .replaceAll("^.*@", "");
    }

    private NodeException bindFailure(@Nullable Throwable failure) {
        String address = settings.gateway().host() + ":" + settings.gateway().port();
        Throwable cause = failure;
        while (cause != null) {
            if (cause instanceof BindException) {
                return new NodeException("cannot listen on " + address + ": " + cause.getMessage()
                        + " (--port takes another port, --port 0 any free one)");
            }
            if (cause instanceof IllegalArgumentException) {
                return new NodeException(String.valueOf(cause.getMessage()), cause);
            }
            if (cause instanceof UnresolvedAddressException) {
                return new NodeException("cannot listen on " + address + ": this host name has no address");
            }
            cause = cause.getCause();
        }
        return new NodeException("cannot listen on " + address + ": " + failure, failure);
    }

    private static NodeException textFailure(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return new NodeException(cause == null ? "no tokenizer" : String.valueOf(cause.getMessage()), cause);
    }
}
