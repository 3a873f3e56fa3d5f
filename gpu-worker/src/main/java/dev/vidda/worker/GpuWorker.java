package dev.vidda.worker;

import akka.Done;
import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.Props;
import akka.actor.typed.Signal;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.vidda.protocol.DeviceHealth;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.trace.Tracing;
import dev.vidda.worker.engine.AddResult;
import dev.vidda.worker.engine.Engine;
import dev.vidda.worker.engine.TokenBudget;
import dev.vidda.worker.step.ModelRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One model on one device: loads it, registers at the scheduler, and runs the {@link Engine} step by step.
 *
 * <p>While there is work it tells itself to do the next step, so starts and cancels get their turn between any two
 * steps. An error in a step ends all requests with a message, frees the device and stops the actor; it is never
 * restarted by itself, since what a device holds after an error is unknown. Spawn it with {@link #props()}.
 */
public final class GpuWorker extends AbstractOnMessageBehavior<GpuWorker.Command> {
    /** What it tells itself; others use the {@code ActorRef<WorkerCommand>} of {@link WorkerEvent.Ready}. */
    public sealed interface Command {}

    private record Received(WorkerCommand command) implements Command {}

    /** The one on its way when the worker stops is no news. */
    private enum Step implements Command, DeadLetterSuppression {
        NEXT
    }

    /** These are all schedulers that the worker is to report to. */
    public record SchedulersChanged(Set<ActorRef<SchedulerCommand>> schedulers) implements Command {
        public SchedulersChanged {
            schedulers = Set.copyOf(schedulers);
        }
    }

    /**
     * Drains, and says when nothing is left: what has not ended within {@code time} is handed over. Nothing follows.
     */
    public record Leave(Duration time, ActorRef<Done> replyTo) implements Command {}

    private record HealthRead(DeviceHealth health) implements Command {}

    private enum Due implements Command {
        REPORT,
        DRAIN_DEADLINE
    }

    private final WorkerSpec spec;
    private final TimerScheduler<Command> timers;
    private final ActorRef<WorkerEvent> events;
    private final Engine engine;
    private final Streams<ActorRef<TokenFrame>> streams;
    private final Reporting reporting;
    private final RequestSpans spans;
    private final StepProgress progress = new StepProgress();
    private final TokenBudget budget;
    private boolean stepDue;
    private boolean draining;
    private final List<ActorRef<Done>> leaving = new ArrayList<>();
    private boolean ended;

    /**
     * A worker that loads its model on its own thread before it handles any message.
     *
     * @param schedulers those known so far
     * @param events hears of progress, readiness and failure
     */
    public static Behavior<Command> create(
            WorkerSpec spec, Set<ActorRef<SchedulerCommand>> schedulers, ActorRef<WorkerEvent> events) {
        return Behaviors.setup(context -> {
            Optional<Engine> engine = WorkerStart.load(spec, events, context.getLog());
            if (engine.isEmpty()) {
                return Behaviors.stopped();
            }
            return Behaviors.withTimers(timers -> {
                timers.startTimerWithFixedDelay(Due.REPORT, spec.settings().reportInterval());
                GpuWorker worker = new GpuWorker(context, timers, spec, engine.get(), events);
                worker.reporting.schedulers(schedulers);
                return worker;
            });
        });
    }

    /** A thread of its own: a device's context belongs to a thread. */
    public static Props props() {
        return DispatcherSelector.fromConfig("vidda.worker.dispatcher");
    }

    private GpuWorker(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            WorkerSpec spec,
            Engine engine,
            ActorRef<WorkerEvent> events) {
        super(context);
        this.timers = timers;
        this.spec = spec;
        this.engine = engine;
        this.events = events;
        streams = new Streams<>(spec.workerId());
        spans = new RequestSpans(Tracing.of(context.getSystem()), spec.workerId());
        ActorRef<WorkerCommand> address = context.messageAdapter(WorkerCommand.class, Received::new);
        WorkerCard card = WorkerStart.card(spec, engine.runner());
        budget = new TokenBudget(
                spec.settings().engine().maxBatchTokens(),
                spec.settings().engine().maxBatchSequences());
        reporting = new Reporting(address, card, engine, streams);
        spawnObservers(engine.runner());
        events.tell(new WorkerEvent.Ready(card, address));
    }

    private void spawnObservers(ModelRunner runner) {
        ActorContext<Command> context = getContext();
        context.spawn(Pulse.create(streams, spec.settings().pulseInterval()), "pulse");
        ActorRef<Command> self = context.getSelf();
        if (runner.health().isPresent()) {
            context.spawn(
                    Sensors.create(
                            runner, spec.settings().reportInterval(), health -> self.tell(new HealthRead(health))),
                    "sensors");
        }
        // A device that computes on the worker's own thread either computes or throws.
        if (runner.gainsByLookahead()) {
            context.spawn(Watchdog.create(progress, spec.settings().stall(), this::onHang), "watchdog");
        }
    }

    /** Called by the watchdog, on its thread: this one hangs. */
    private void onHang(String what) {
        String message = "the worker " + spec.workerId() + " hangs: " + what;
        streams.cut(message).forEach(GpuWorker::send);
        reporting.hangs();
        events.tell(new WorkerEvent.Failed(spec.workerId(), message));
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        return switch (command) {
            case Received received -> onReceived(received.command());
            case Step step -> onStep();
            case SchedulersChanged changed -> onSchedulersChanged(changed);
            case Leave leave -> onLeave(leave);
            case HealthRead read -> onHealthRead(read.health());
            case Due due ->
                switch (due) {
                    case REPORT -> onReportDue();
                    case DRAIN_DEADLINE -> onDrainDeadline();
                };
        };
    }

    private Behavior<Command> onReceived(WorkerCommand command) {
        return switch (command) {
            case WorkerCommand.Start start -> onStart(start);
            case WorkerCommand.Cancel cancel -> onCancel(cancel.requestId());
            case WorkerCommand.Drain drain -> onDrain(drain.deadlineMillis());
            case WorkerCommand.Resume resume -> onResume();
            case WorkerCommand.FlushPrefixCache flush -> onFlush();
            case WorkerCommand.SendPrefixes send -> onSendPrefixes(send.scheduler());
        };
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        if (signal instanceof Terminated terminated) {
            onGatewayGone(terminated.getRef().unsafeUpcast());
            return this;
        }
        if (signal == PostStop.instance() || signal == PreRestart.instance()) {
            end("the worker " + spec.workerId() + " has stopped");
            return this;
        }
        return Behaviors.unhandled();
    }

    private void onGatewayGone(ActorRef<TokenFrame> gateway) {
        List<String> orphans = streams.forget(gateway);
        orphans.forEach(this::cancel);
        getContext().getLog().info("Gateway {} is gone; its {} requests end", gateway.path(), orphans.size());
    }

    private Behavior<Command> onStart(WorkerCommand.Start start) {
        getContext().watch(start.gateway());
        if (!start.lease().workerId().equals(spec.workerId())) {
            refuse(
                    start,
                    FinishReason.FAILED,
                    "the lease is for worker " + start.lease().workerId() + ", this is " + spec.workerId());
            return this;
        }
        if (draining) {
            refuse(start, FinishReason.HANDED_OVER, "the worker " + spec.workerId() + " drains");
            return this;
        }
        switch (engine.add(start.request(), start.lease().guaranteed())) {
            case AddResult.Added added -> {
                streams.open(start.request(), start.lease(), start.gateway());
                spans.started(start.request());
            }
            case AddResult.Refused refused -> refuse(start, FinishReason.FAILED, refused.message());
        }
        continueSteps();
        return this;
    }

    private void refuse(WorkerCommand.Start start, FinishReason reason, String message) {
        send(streams.refusal(start.request(), start.gateway(), new Finish(reason, -1, 0, 0, message)));
    }

    private Behavior<Command> onDrain(long deadlineMillis) {
        draining = true;
        reporting.draining(true);
        timers.startSingleTimer(Due.DRAIN_DEADLINE, Duration.ofMillis(deadlineMillis));
        return this;
    }

    private Behavior<Command> onDrainDeadline() {
        String message = "the worker " + spec.workerId() + " drains";
        send(engine.handOverAll(message));
        reporting.draining(true);
        answerWhenEmpty();
        return this;
    }

    private Behavior<Command> onLeave(Leave leave) {
        leaving.add(leave.replyTo());
        onDrain(leave.time().toMillis());
        answerWhenEmpty();
        return this;
    }

    private void answerWhenEmpty() {
        if (!leaving.isEmpty() && !engine.hasWork()) {
            leaving.forEach(waiting -> waiting.tell(Done.getInstance()));
            leaving.clear();
        }
    }

    private Behavior<Command> onResume() {
        draining = false;
        timers.cancel(Due.DRAIN_DEADLINE);
        reporting.draining(false);
        return this;
    }

    private Behavior<Command> onFlush() {
        engine.flushPrefixCache();
        return this;
    }

    private Behavior<Command> onSchedulersChanged(SchedulersChanged changed) {
        reporting.schedulers(changed.schedulers());
        return this;
    }

    private Behavior<Command> onSendPrefixes(ActorRef<SchedulerCommand> scheduler) {
        reporting.sendAllPrefixes(scheduler);
        return this;
    }

    private Behavior<Command> onCancel(String requestId) {
        streams.close(requestId);
        cancel(requestId);
        return this;
    }

    private void cancel(String requestId) {
        spans.end(requestId);
        engine.cancel(requestId);
    }

    private void send(List<TokenDelta> deltas) {
        spans.stepped(deltas);
        streams.frames(deltas).forEach(GpuWorker::send);
    }

    private Behavior<Command> onHealthRead(DeviceHealth health) {
        reporting.health(health);
        budget.observe(health);
        engine.limitTokens(budget.tokens());
        return this;
    }

    private Behavior<Command> onStep() {
        stepDue = false;
        long began = System.nanoTime();
        try {
            progress.begins();
            List<TokenDelta> deltas = engine.step();
            progress.ends();
            send(deltas);
        } catch (RuntimeException e) {
            getContext().getLog().error("Worker {} stops after a failed step", spec.workerId(), e);
            String message = "the worker " + spec.workerId() + " failed: " + WorkerStart.describe(e);
            try {
                end(message);
            } finally {
                events.tell(new WorkerEvent.Failed(spec.workerId(), message));
            }
            return Behaviors.stopped();
        }
        if (streams.isCut()) {
            // The device answered after all, when everyone had given it up.
            return Behaviors.stopped();
        }
        continueSteps();
        answerWhenEmpty();
        reporting.stepped(began, System.nanoTime());
        return this;
    }

    private void continueSteps() {
        if (engine.hasWork() && !stepDue) {
            stepDue = true;
            getContext().getSelf().tell(Step.NEXT);
        }
    }

    private Behavior<Command> onReportDue() {
        reporting.due();
        return this;
    }

    /** Tells every stream that it has ended, and frees the device. */
    private void end(String message) {
        if (!ended) {
            ended = true;
            send(engine.failAll(message));
            engine.close();
        }
    }

    private static void send(Streams.Outgoing<ActorRef<TokenFrame>> outgoing) {
        outgoing.gateway().tell(outgoing.frame());
    }
}
