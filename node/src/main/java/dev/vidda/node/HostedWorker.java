package dev.vidda.node;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.Services;
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
 * A worker of a node, which can be exchanged for one with another model. A model is never loaded beside another: the actor
 * before has ended by then, and with it all that its device held.
 */
final class HostedWorker extends AbstractOnMessageBehavior<HostedWorker.Command> {
    /** What it is told. */
    sealed interface Command {}

    /** These are all schedulers that its workers are to report to. */
    record Schedulers(Set<ActorRef<SchedulerCommand>> all) implements Command {
        Schedulers {
            all = Set.copyOf(all);
        }
    }

    /** Drains what there is, for the node's end. */
    record Leave(Duration time, ActorRef<Done> replyTo) implements Command {}

    private record Told(WorkerEvent event) implements Command {}

    private record Ordered(WorkerHostCommand order) implements Command {}

    private record Drained(ActorRef<GpuWorker.Command> worker) implements Command {}

    private record Stopped(ActorRef<GpuWorker.Command> worker) implements Command {}

    /** A model and its folder. */
    record ModelName(String name, Path directory) {}

    /** What happened to the worker of that id. */
    record News(String workerId, WorkerEvent event) implements Guardian.Command {}

    /**
     * What a worker is made of.
     *
     * @param models by name
     * @param specs makes the settings of a model's worker
     */
    record Recipe(String workerId, TreeMap<String, Path> models, Function<ModelName, WorkerSpec> specs) {}

    private final ActorRef<? super News> listener;
    private final String workerId;
    private final TreeMap<String, Path> models;
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

    /**
     * Makes an actor that begins with one of the models, and that {@link Services#workerHost} finds.
     *
     * @param schedulers those known so far
     */
    static Behavior<Command> create(
            Recipe recipe, String model, Set<ActorRef<SchedulerCommand>> schedulers, ActorRef<? super News> listener) {
        return Behaviors.setup(context -> {
            HostedWorker host = new HostedWorker(context, recipe, schedulers, listener);
            host.start(model);
            return host;
        });
    }

    private HostedWorker(
            ActorContext<Command> context,
            Recipe recipe,
            Set<ActorRef<SchedulerCommand>> schedulers,
            ActorRef<? super News> listener) {
        super(context);
        this.listener = listener;
        this.workerId = recipe.workerId();
        this.models = recipe.models();
        this.specs = recipe.specs();
        this.schedulers = schedulers;
        this.events = context.messageAdapter(WorkerEvent.class, Told::new);
        context.getSystem()
                .receptionist()
                .tell(Receptionist.register(
                        Services.workerHost(workerId), context.messageAdapter(WorkerHostCommand.class, Ordered::new)));
    }

    private void start(String name) {
        model = name;
        state = State.LOADING;
        loadedBytes = 0;
        totalBytes = 0;
        error = "";
        Path directory = Objects.requireNonNull(models.get(name));
        ActorRef<GpuWorker.Command> started = getContext()
                .spawn(
                        GpuWorker.create(specs.apply(new ModelName(name, directory)), schedulers, events),
                        "worker",
                        GpuWorker.props());
        getContext().watchWith(started, new Stopped(started));
        worker = started;
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        switch (message) {
            case Schedulers all -> onSchedulers(all.all());
            case Leave leave -> onLeave(leave);
            case Told told -> onEvent(told.event()).ifPresent(event -> listener.tell(new News(workerId, event)));
            case Ordered ordered -> onOrder(ordered.order());
            case Drained drained -> onDrained(drained.worker());
            case Stopped stopped -> onStopped(stopped.worker());
        }
        return this;
    }

    private void onSchedulers(Set<ActorRef<SchedulerCommand>> now) {
        schedulers = now;
        if (worker != null) {
            worker.tell(new GpuWorker.SchedulersChanged(now));
        }
    }

    private void onLeave(Leave leave) {
        if (worker == null || state == State.LOADING) {
            leave.replyTo().tell(Done.getInstance());
        } else {
            worker.tell(new GpuWorker.Leave(leave.time(), leave.replyTo()));
        }
    }

    private void onDrained(ActorRef<GpuWorker.Command> drained) {
        if (drained.equals(worker)) {
            getContext().stop(drained);
        }
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
                error = failed.message();
                if (state == State.LOADING && everServed) {
                    getContext().getLog().warn("Worker {} has no model now: {}", workerId, failed.message());
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
        ActorRef<Done> drained = getContext().messageAdapter(Done.class, done -> new Drained(leaving));
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
