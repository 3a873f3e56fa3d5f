package dev.vidda.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.vidda.gateway.http.GatewayServer;
import dev.vidda.gateway.openai.ServedModel;
import dev.vidda.gateway.text.ModelText;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.scheduler.Scheduler;
import dev.vidda.worker.GpuWorker;
import dev.vidda.worker.WorkerEvent;
import dev.vidda.worker.WorkerSpec;
import dev.vidda.worker.model.Models;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The root actor of a node: spawns its roles, and tells a {@link NodeListener} when all of them serve or one cannot.
 *
 * <p>The worker loads its weights while the gateway binds its port and the tokenizer is read: whatever comes last makes
 * the node ready.
 */
final class Guardian extends AbstractOnMessageBehavior<Guardian.Command> {
    /** What it tells itself. */
    sealed interface Command {}

    private record FromWorker(WorkerEvent event) implements Command {}

    private record GatewayBound(GatewayServer gateway) implements Command {}

    private record TextLoaded(ModelText text) implements Command {}

    private record Failed(NodeException reason) implements Command {}

    private enum Check implements Command {
        NOW
    }

    private static final String WORKER_ID = "worker-0";
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(5);

    private final NodeSettings settings;
    private final NodeListener listener;
    private Optional<GatewayServer> gateway = Optional.empty();
    private Optional<ModelText> text = Optional.empty();
    private Optional<WorkerCard> worker = Optional.empty();
    private boolean announced;

    /** @param text the model's tokenizer and templates, which somebody is loading */
    static Behavior<Command> create(NodeSettings settings, CompletionStage<ModelText> text, NodeListener listener) {
        return Behaviors.setup(context -> new Guardian(context, settings, text, listener));
    }

    private Guardian(
            ActorContext<Command> context,
            NodeSettings settings,
            CompletionStage<ModelText> text,
            NodeListener listener) {
        super(context);
        this.settings = settings;
        this.listener = listener;
        ActorRef<SchedulerCommand> scheduler = context.spawn(Scheduler.create(settings.scheduler()), "scheduler");
        context.spawn(
                GpuWorker.create(
                        workerSpec(text),
                        Set.of(scheduler),
                        context.messageAdapter(WorkerEvent.class, FromWorker::new)),
                "worker",
                GpuWorker.props());
        context.pipeToSelf(
                GatewayServer.start(
                        context.getSystem(),
                        settings.gateway(),
                        scheduler,
                        Set.of(settings.model().name())),
                (bound, failure) -> bound == null ? new Failed(bindFailure(failure)) : new GatewayBound(bound));
        context.pipeToSelf(
                text, (loaded, failure) -> loaded == null ? new Failed(textFailure(failure)) : new TextLoaded(loaded));
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        switch (command) {
            case FromWorker from -> onWorker(from.event());
            case GatewayBound bound -> onGatewayBound(bound.gateway());
            case TextLoaded loaded -> onTextLoaded(loaded.text());
            case Check check -> announceWhenServing();
            case Failed failed -> listener.failed(failed.reason());
        }
        return this;
    }

    private void onWorker(WorkerEvent event) {
        switch (event) {
            case WorkerEvent.Loading loading -> listener.loading(loading.loadedBytes(), loading.totalBytes());
            case WorkerEvent.Ready ready -> {
                worker = Optional.of(ready.card());
                announceWhenServing();
            }
            case WorkerEvent.Failed failed -> listener.failed(new NodeException(failed.message()));
        }
    }

    private void onGatewayBound(GatewayServer bound) {
        gateway = Optional.of(bound);
        text.ifPresent(this::serve);
    }

    private void onTextLoaded(ModelText loaded) {
        text = Optional.of(loaded);
        serve(loaded);
    }

    private void serve(ModelText loaded) {
        gateway.ifPresent(server -> {
            server.serve(new ServedModel(
                    settings.model().name(), loaded, Instant.now().getEpochSecond()));
            announceWhenServing();
        });
    }

    /** The gateway learns of the worker from the scheduler, a moment after we do. */
    private void announceWhenServing() {
        if (announced || worker.isEmpty() || gateway.isEmpty() || text.isEmpty()) {
            return;
        }
        if (gateway.get().isServing()) {
            announced = true;
            listener.ready(new NodeReady(gateway.get().address(), worker.get()));
        } else {
            getContext().scheduleOnce(CHECK_INTERVAL, getContext().getSelf(), Check.NOW);
        }
    }

    private WorkerSpec workerSpec(CompletionStage<ModelText> loading) {
        ModelSettings model = settings.model();
        return new WorkerSpec(
                WORKER_ID,
                model.name(),
                progress -> Models.load(model.directory(), model.load(), progress),
                settings.worker(),
                loading.thenApply(ModelVocabulary::new));
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
