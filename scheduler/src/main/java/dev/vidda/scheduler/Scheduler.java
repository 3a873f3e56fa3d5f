package dev.vidda.scheduler;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Signal;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.ModelList;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.SchedulerAlive;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.WorkerOrderReply;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.scheduler.admission.Admission;
import dev.vidda.scheduler.admission.Commitment;
import dev.vidda.scheduler.admission.Decision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Admits requests to workers: carries messages to {@link Admission} and its decisions back.
 *
 * <p>It watches every worker and every actor that asks for admission. When a worker ends, so do its leases; when an
 * asker ends, its requests are released. So {@code Admit.replyTo} must live until the request is released.
 */
public final class Scheduler extends AbstractOnMessageBehavior<SchedulerCommand> {
    private final Admission admission;
    private final LongSupplier nanoClock;
    private final Requesters requesters = new Requesters();
    private final Map<String, ActorRef<WorkerCommand>> workers = new TreeMap<>();
    private final Map<String, Heard> reports = new HashMap<>();

    /** A worker's last report, and when it came. */
    private record Heard(WorkerReport report, long nanos) {}

    public static Behavior<SchedulerCommand> create(SchedulerSettings settings) {
        return create(settings, System::nanoTime);
    }

    /** @param nanoClock a monotonic clock in nanoseconds */
    static Behavior<SchedulerCommand> create(SchedulerSettings settings, LongSupplier nanoClock) {
        return Behaviors.setup(context -> new Scheduler(context, settings, nanoClock));
    }

    private Scheduler(ActorContext<SchedulerCommand> context, SchedulerSettings settings, LongSupplier nanoClock) {
        super(context);
        this.admission = new Admission(settings.limits(), Commitment.FULL);
        this.nanoClock = nanoClock;
    }

    @Override
    public Behavior<SchedulerCommand> onMessage(SchedulerCommand command) {
        switch (command) {
            case SchedulerCommand.Admit admit -> onAdmit(admit);
            case SchedulerCommand.Release release -> onRelease(release.requestId());
            case SchedulerCommand.RegisterWorker register -> onRegister(register);
            case SchedulerCommand.Report report -> onReport(report);
            case SchedulerCommand.PrefixesChanged changed -> onPrefixesChanged(changed.changes());
            case SchedulerCommand.AskCapacity ask -> ask.replyTo().tell(capacity());
            case SchedulerCommand.AskFit ask ->
                ask.replyTo().tell(admission.fit(ask.question(), nanoClock.getAsLong()));
            case SchedulerCommand.ChangeLimits change -> {
                admission.change(change.limits());
                change.replyTo().tell(admission.limitsInForce());
            }
            case SchedulerCommand.AskLimits ask -> ask.replyTo().tell(admission.limitsInForce());
            case SchedulerCommand.Ping ping ->
                ping.replyTo().tell(new SchedulerAlive(getContext().getSelf(), ping.number()));
            case SchedulerCommand.DrainWorker drain ->
                order(drain.workerId(), new WorkerCommand.Drain(drain.deadlineMillis()), drain.replyTo());
            case SchedulerCommand.ResumeWorker resume ->
                order(resume.workerId(), new WorkerCommand.Resume(), resume.replyTo());
            case SchedulerCommand.FlushWorker flush ->
                order(flush.workerId(), new WorkerCommand.FlushPrefixCache(), flush.replyTo());
            case SchedulerCommand.ListModels list -> list.replyTo().tell(new ModelList(admission.workers()));
        }
        return this;
    }

    @Override
    public Behavior<SchedulerCommand> onSignal(Signal signal) {
        if (signal instanceof Terminated terminated) {
            onTerminated(terminated.getRef());
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
        apply(admission.admit(admit.request(), nanoClock.getAsLong()));
    }

    private void onRelease(String requestId) {
        forget(requestId);
        apply(admission.release(requestId, nanoClock.getAsLong()));
    }

    private void onRegister(SchedulerCommand.RegisterWorker register) {
        ActorRef<WorkerCommand> worker = register.worker();
        String workerId = register.card().workerId();
        ActorRef<WorkerCommand> before = workers.get(workerId);
        if (worker.equals(before) && admission.workers().contains(register.card())) {
            return;
        }
        if (before != null) {
            getContext().unwatch(before);
        }
        getContext().watch(worker);
        workers.put(workerId, worker);
        getContext().getLog().info("worker {} serves {}", workerId, register.card());
        apply(admission.join(register.card(), nanoClock.getAsLong()));
    }

    private void onReport(SchedulerCommand.Report report) {
        reports.put(report.report().workerId(), new Heard(report.report(), nanoClock.getAsLong()));
    }

    private void onPrefixesChanged(PrefixChanges changes) {
        getContext().getLog().trace("{}", changes);
    }

    private void order(String workerId, WorkerCommand command, ActorRef<WorkerOrderReply> replyTo) {
        Optional<ActorRef<WorkerCommand>> worker = Optional.ofNullable(workers.get(workerId));
        worker.ifPresent(known -> known.tell(command));
        replyTo.tell(new WorkerOrderReply(workerId, worker.isPresent()));
    }

    private Capacity capacity() {
        long now = nanoClock.getAsLong();
        List<Capacity.WorkerCapacity> all = admission.workers().stream()
                .map(card -> {
                    Heard heard =
                            reports.getOrDefault(card.workerId(), new Heard(WorkerReport.idle(card.workerId()), now));
                    long age = TimeUnit.NANOSECONDS.toMillis(now - heard.nanos());
                    return admission.capacity(card.workerId(), heard.report(), age);
                })
                .toList();
        return new Capacity(all, admission.queues(now));
    }

    private void onTerminated(ActorRef<?> ref) {
        for (String workerId : List.copyOf(workers.keySet())) {
            if (ref.equals(workers.get(workerId))) {
                workers.remove(workerId);
                reports.remove(workerId);
                getContext().getLog().info("worker {} is gone", workerId);
                apply(admission.leave(workerId, nanoClock.getAsLong()));
            }
        }
        requesters.requestsOf(ref).forEach(this::onRelease);
    }

    private void apply(List<Decision> decisions) {
        for (Decision decision : decisions) {
            switch (decision) {
                case Decision.Granted granted -> reply(granted.requestId(), admitted(granted.lease()));
                case Decision.Waits waits ->
                    reply(waits.requestId(), new AdmissionReply.Queued(waits.requestId(), waits.position(), -1));
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
}
