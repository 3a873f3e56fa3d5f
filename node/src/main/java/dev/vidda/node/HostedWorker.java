package dev.vidda.node;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.WorkerHostCommand;
import dev.vidda.protocol.WorkerHostReply;
import dev.vidda.protocol.WorkerHostReply.Outcome;
import dev.vidda.protocol.WorkerHostReply.State;
import dev.vidda.worker.GpuWorker;
import dev.vidda.worker.WorkerEvent;
import dev.vidda.worker.WorkerSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The worker of a node, which can be exchanged for one with another model: a part of the {@link Guardian}, on its thread. A
 * model is never loaded beside another; the actor before has ended by then, and with it all that its device held.
 */
final class HostedWorker {
    /** What the guardian is to pass back to here. */
    sealed interface News extends Guardian.Command {}

    private record Told(WorkerEvent event) implements News {}

    private record Ordered(WorkerHostCommand order) implements News {}

    private record Drained(ActorRef<GpuWorker.Command> worker) implements News {}

    private record Stopped(ActorRef<GpuWorker.Command> worker) implements News {}

    private final ActorContext<Guardian.Command> context;
    private final String workerId;
    private final TreeMap<String, Path> models;
    /** Makes the behaviour's settings of a model. */
    private final Function<ModelName, WorkerSpec> specs;

    private final ActorRef<WorkerEvent> events;
    private Set<ActorRef<SchedulerCommand>> schedulers;
    private State state = State.UNLOADED;
    private @Nullable ActorRef<GpuWorker.Command> worker;
    private String model = "";
    private Optional<String> next = Optional.empty();
    private boolean everServed;
    private long loadedBytes;
    private long totalBytes;
    private String error = "";

    /** A model and its folder. */
    record ModelName(String name, Path directory) {}

    /** @param models by name; one of them is loaded by {@link #start} */
    HostedWorker(
            ActorContext<Guardian.Command> context,
            String workerId,
            TreeMap<String, Path> models,
            Function<ModelName, WorkerSpec> specs,
            Set<ActorRef<SchedulerCommand>> schedulers) {
        this.context = context;
        this.workerId = workerId;
        this.models = models;
        this.specs = specs;
        this.schedulers = schedulers;
        this.events = context.messageAdapter(WorkerEvent.class, Told::new);
    }

    String workerId() {
        return workerId;
    }

    /** Where orders are to be sent: an actor of its own, since no receptionist takes one that subscribes to it, too. */
    ActorRef<WorkerHostCommand> spawnAddress() {
        ActorRef<Guardian.Command> self = context.getSelf();
        Behavior<WorkerHostCommand> forwarding = Behaviors.receiveMessage(order -> {
            self.tell(new Ordered(order));
            return Behaviors.same();
        });
        return context.spawn(forwarding, "worker-host");
    }

    /** Loads a model. */
    void start(String name) {
        model = name;
        state = State.LOADING;
        loadedBytes = 0;
        totalBytes = 0;
        error = "";
        Path directory = Objects.requireNonNull(models.get(name));
        ActorRef<GpuWorker.Command> started = context.spawn(
                GpuWorker.create(specs.apply(new ModelName(name, directory)), schedulers, events),
                "worker",
                GpuWorker.props());
        context.watchWith(started, new Stopped(started));
        worker = started;
    }

    void schedulers(Set<ActorRef<SchedulerCommand>> now) {
        schedulers = now;
        if (worker != null) {
            worker.tell(new GpuWorker.SchedulersChanged(now));
        }
    }

    /** Drains what there is, for the node's end. */
    void leave(Duration time, ActorRef<Done> replyTo) {
        if (worker == null || state == State.LOADING) {
            replyTo.tell(Done.getInstance());
        } else {
            worker.tell(new GpuWorker.Leave(time, replyTo));
        }
    }

    /** What the guardian is to know of, if anything. */
    Optional<WorkerEvent> on(News news) {
        return switch (news) {
            case Told told -> onEvent(told.event());
            case Ordered ordered -> {
                onOrder(ordered.order());
                yield Optional.empty();
            }
            case Drained drained -> {
                if (drained.worker().equals(worker)) {
                    context.stop(drained.worker());
                }
                yield Optional.empty();
            }
            case Stopped stopped -> {
                onStopped(stopped.worker());
                yield Optional.empty();
            }
        };
    }

    private Optional<WorkerEvent> onEvent(WorkerEvent event) {
        switch (event) {
            case WorkerEvent.Loading loading -> {
                loadedBytes = loading.loadedBytes();
                totalBytes = loading.totalBytes();
            }
            case WorkerEvent.Ready ready -> {
                state = State.SERVING;
                everServed = true;
            }
            case WorkerEvent.Failed failed -> {
                if (state == State.LOADING && everServed) {
                    context.getLog().warn("Worker {} has no model now: {}", workerId, failed.message());
                    error = failed.message();
                    return Optional.empty();
                }
            }
        }
        return Optional.of(event);
    }

    private void onOrder(WorkerHostCommand order) {
        switch (order) {
            case WorkerHostCommand.Describe describe -> describe.replyTo().tell(reply(Outcome.ACCEPTED));
            case WorkerHostCommand.Load load ->
                load.replyTo().tell(reply(onLoad(load.model(), Duration.ofMillis(load.deadlineMillis()))));
            case WorkerHostCommand.Unload unload -> {
                boolean serves = state == State.SERVING;
                if (serves) {
                    unload(Duration.ofMillis(unload.deadlineMillis()));
                }
                unload.replyTo().tell(reply(serves ? Outcome.ACCEPTED : Outcome.REFUSED));
            }
        }
    }

    private Outcome onLoad(String wanted, Duration deadline) {
        if (!models.containsKey(wanted)) {
            return Outcome.UNKNOWN_MODEL;
        }
        switch (state) {
            case UNLOADED -> start(wanted);
            case SERVING -> {
                if (wanted.equals(model)) {
                    return Outcome.REFUSED;
                }
                next = Optional.of(wanted);
                unload(deadline);
            }
            case LOADING, UNLOADING -> {
                return Outcome.REFUSED;
            }
        }
        return Outcome.ACCEPTED;
    }

    private void unload(Duration deadline) {
        state = State.UNLOADING;
        ActorRef<GpuWorker.Command> leaving = worker();
        ActorRef<Done> drained = context.messageAdapter(Done.class, done -> new Drained(leaving));
        leaving.tell(new GpuWorker.Leave(deadline, drained));
    }

    private void onStopped(ActorRef<GpuWorker.Command> stopped) {
        if (!stopped.equals(worker)) {
            return;
        }
        worker = null;
        model = "";
        state = State.UNLOADED;
        Optional<String> following = next;
        next = Optional.empty();
        following.ifPresent(this::start);
    }

    private WorkerHostReply reply(Outcome outcome) {
        return new WorkerHostReply(
                workerId, outcome, state, model, loadedBytes, totalBytes, error, List.copyOf(models.keySet()));
    }

    private ActorRef<GpuWorker.Command> worker() {
        return Objects.requireNonNull(worker);
    }
}
