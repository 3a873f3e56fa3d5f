package dev.vidda.scheduler;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Signal;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.ModelList;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.SchedulerAlive;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.WorkerOrderReply;
import dev.vidda.protocol.trace.Tracing;
import dev.vidda.scheduler.admission.Admission;
import dev.vidda.scheduler.admission.Decision;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Admits requests to workers: carries messages to {@link Admission} and its decisions back.
 *
 * <p>It watches every worker and every actor that asks for admission. When a worker ends, so do its leases; when an
 * asker ends, its requests are released. So {@code Admit.replyTo} must live until the request is released.
 */
public final class Scheduler extends AbstractOnMessageBehavior<Scheduler.Message> {
    /** What it is told, by others and by itself. */
    sealed interface Message {}

    private record Received(SchedulerCommand command) implements Message {}

    private enum Timer implements Message {
        /** Deadlines, expired leases, news for those who wait. */
        TICK,
        /** A worker may have so little work ahead now that it can take more. */
        WAKE
    }

    /** The two clocks: a monotonic one in nanoseconds, and milliseconds since 1970 as gateways stamp arrivals. */
    record Clocks(LongSupplier nanos, LongSupplier epochMillis) {
        static final Clocks SYSTEM = new Clocks(System::nanoTime, System::currentTimeMillis);
    }

    private static final long SHORTEST_SLEEP_NANOS = 1_000_000;

    private final Admission admission;
    private final Clocks clocks;
    private final TimerScheduler<Message> timers;
    private final Requesters requesters = new Requesters();
    private final DecisionSpans spans;
    private final Map<String, ActorRef<WorkerCommand>> workers = new TreeMap<>();
    private long wakeNanos = Long.MAX_VALUE;

    public static Behavior<SchedulerCommand> create(SchedulerSettings settings) {
        return create(settings, Clocks.SYSTEM);
    }

    static Behavior<SchedulerCommand> create(SchedulerSettings settings, Clocks clocks) {
        Behavior<Message> scheduler = Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Scheduler(context, timers, settings, clocks)));
        return Behaviors.transformMessages(
                SchedulerCommand.class, scheduler, others -> others.match(SchedulerCommand.class, Received::new));
    }

    private Scheduler(
            ActorContext<Message> context, TimerScheduler<Message> timers, SchedulerSettings settings, Clocks clocks) {
        super(context);
        this.admission = new Admission(settings.rules());
        this.clocks = clocks;
        this.spans = new DecisionSpans(Tracing.of(context.getSystem()));
        this.timers = timers;
        timers.startTimerWithFixedDelay(Timer.TICK, settings.tick());
    }

    @Override
    public Behavior<Message> onMessage(Message message) {
        switch (message) {
            case Received received -> onCommand(received.command());
            case Timer.TICK -> apply(admission.tick(now()));
            case Timer.WAKE -> {
                wakeNanos = Long.MAX_VALUE;
                apply(admission.wake(now()));
            }
        }
        sleep();
        return this;
    }

    private void onCommand(SchedulerCommand command) {
        switch (command) {
            case SchedulerCommand.Admit admit -> onAdmit(admit);
            case SchedulerCommand.Release release -> onRelease(release.requestId(), release.generatedTokens());
            case SchedulerCommand.RegisterWorker register -> onRegister(register);
            case SchedulerCommand.Report report -> apply(admission.report(report.report(), now()));
            case SchedulerCommand.PrefixesChanged changed -> onPrefixesChanged(changed.changes());
            case SchedulerCommand.AskCapacity ask -> ask.replyTo().tell(admission.capacity(now()));
            case SchedulerCommand.AskFit ask -> ask.replyTo().tell(admission.fit(ask.question(), now()));
            case SchedulerCommand.ChangeLimits change -> {
                apply(admission.change(change.limits(), now()));
                change.replyTo().tell(admission.limits());
            }
            case SchedulerCommand.AskLimits ask -> ask.replyTo().tell(admission.limits());
            case SchedulerCommand.Ping ping ->
                ping.replyTo().tell(new SchedulerAlive(self(), ping.number(), workers.size()));
            case SchedulerCommand.DrainWorker drain ->
                order(drain.workerId(), new WorkerCommand.Drain(drain.deadlineMillis()), drain.replyTo());
            case SchedulerCommand.ResumeWorker resume ->
                order(resume.workerId(), new WorkerCommand.Resume(), resume.replyTo());
            case SchedulerCommand.FlushWorker flush ->
                order(flush.workerId(), new WorkerCommand.FlushPrefixCache(), flush.replyTo());
            case SchedulerCommand.ListModels list -> list.replyTo().tell(new ModelList(admission.workers()));
        }
    }

    @Override
    public Behavior<Message> onSignal(Signal signal) {
        if (signal instanceof Terminated terminated) {
            onTerminated(terminated.getRef());
            sleep();
            return this;
        }
        return Behaviors.unhandled();
    }

    private void onAdmit(SchedulerCommand.Admit admit) {
        String requestId = admit.request().id();
        if (!requesters.of(requestId).filter(admit.replyTo()::equals).isPresent()) {
            forget(requestId);
            if (requesters.add(requestId, admit.replyTo())) {
                getContext().watch(admit.replyTo());
            }
        }
        spans.asked(admit.request());
        long arrived = admit.request().patience().arrivedAtMillis();
        long waited = arrived == 0 ? 0 : Math.max(0, clocks.epochMillis().getAsLong() - arrived);
        apply(admission.admit(admit.request(), waited, now()));
    }

    private void onRelease(String requestId, int generatedTokens) {
        forget(requestId);
        spans.ended(requestId);
        apply(admission.release(requestId, generatedTokens, now()));
    }

    private void onRegister(SchedulerCommand.RegisterWorker register) {
        ActorRef<WorkerCommand> worker = register.worker();
        String workerId = register.card().workerId();
        ActorRef<WorkerCommand> before = workers.get(workerId);
        if (worker.equals(before)) {
            apply(admission.confirm(register.card(), register.held(), now()));
            return;
        }
        if (before != null) {
            getContext().unwatch(before);
        }
        getContext().watch(worker);
        workers.put(workerId, worker);
        getContext().getLog().info("worker {} serves {}", workerId, register.card());
        apply(admission.join(register.card(), register.held(), now()));
    }

    private void onPrefixesChanged(PrefixChanges changes) {
        ActorRef<WorkerCommand> worker = workers.get(changes.workerId());
        if (!admission.prefixes(changes) && worker != null) {
            worker.tell(new WorkerCommand.SendPrefixes(self()));
        }
    }

    private void order(String workerId, WorkerCommand command, ActorRef<WorkerOrderReply> replyTo) {
        Optional<ActorRef<WorkerCommand>> worker = Optional.ofNullable(workers.get(workerId));
        worker.ifPresent(known -> known.tell(command));
        replyTo.tell(new WorkerOrderReply(workerId, worker.isPresent()));
    }

    private void onTerminated(ActorRef<?> ref) {
        for (String workerId : List.copyOf(workers.keySet())) {
            if (ref.equals(workers.get(workerId))) {
                workers.remove(workerId);
                getContext().getLog().info("worker {} is gone", workerId);
                apply(admission.leave(workerId, now()));
            }
        }
        requesters.requestsOf(ref).forEach(requestId -> onRelease(requestId, -1));
    }

    private void apply(List<Decision> decisions) {
        for (Decision decision : decisions) {
            spans.decided(decision);
            switch (decision) {
                case Decision.Granted granted -> reply(granted.requestId(), admitted(granted.lease()));
                case Decision.Waits waits ->
                    reply(
                            waits.requestId(),
                            new AdmissionReply.Queued(
                                    waits.requestId(), waits.position(), waits.estimatedWaitMillis()));
                case Decision.Refused refused -> {
                    reply(refused.requestId(), new AdmissionReply.Refused(refused.requestId(), refused.refusal()));
                    forget(refused.requestId());
                }
                case Decision.Ended ended -> forget(ended.requestId());
            }
        }
    }

    private AdmissionReply admitted(Lease lease) {
        return new AdmissionReply.Admitted(lease, Objects.requireNonNull(workers.get(lease.workerId())));
    }

    private void reply(String requestId, AdmissionReply reply) {
        requesters.of(requestId).ifPresent(requester -> requester.tell(reply));
    }

    private void forget(String requestId) {
        requesters.remove(requestId).ifPresent(getContext()::unwatch);
    }

    /** Sets the alarm for the next time at which somebody may run though nothing is reported. */
    private void sleep() {
        long next = admission.wakeNanos();
        if (next < wakeNanos) {
            wakeNanos = next;
            long delay = Math.max(SHORTEST_SLEEP_NANOS, next - now());
            timers.startSingleTimer(Timer.WAKE, Duration.ofNanos(delay));
        }
    }

    /** What others tell it is wrapped on its way in. */
    private ActorRef<SchedulerCommand> self() {
        return getContext().getSelf().unsafeUpcast();
    }

    private long now() {
        return clocks.nanos().getAsLong();
    }
}
