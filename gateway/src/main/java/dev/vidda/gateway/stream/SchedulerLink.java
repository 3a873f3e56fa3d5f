package dev.vidda.gateway.stream;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.SchedulerAlive;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.Services;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Stands for all schedulers of the cluster: passes on what it is told to the one that {@link SchedulerChoice} chooses, and
 * when that changes, tells whoever asked for admission to ask again. What is said while no scheduler lives is dropped for
 * the same reason. Ends of requests go to all schedulers, since each keeps a ledger.
 */
public final class SchedulerLink extends AbstractOnMessageBehavior<SchedulerLink.Command> {
    /** What it tells itself. */
    sealed interface Command {}

    private record Forward(SchedulerCommand command) implements Command {}

    private record Found(Receptionist.Listing listing) implements Command {}

    private record Alive(SchedulerAlive answer) implements Command {}

    private record Lost(ActorRef<SchedulerCommand> scheduler) implements Command {}

    private record Gone(ActorRef<Void> asker) implements Command {}

    private enum Tick implements Command {
        NOW
    }

    private static final int TICKS_PER_SILENCE = 6;
    private static final int PROBATION_IN_SILENCES = 2;

    private final SchedulerChoice<ActorRef<SchedulerCommand>> choice;
    private final ActorRef<SchedulerAlive> answers;
    /** Whoever asked for admission. */
    private final Set<ActorRef<AdmissionReply>> askers = new HashSet<>();

    private final Map<ActorRef<SchedulerCommand>, Lifeline> lifelines = new HashMap<>();

    private Optional<ActorRef<SchedulerCommand>> active = Optional.empty();
    private long now;

    /**
     * A link that finds schedulers by the receptionist.
     *
     * @param silence a scheduler that does not answer for so long is not asked any more
     * @param joined completes when schedulers may hear of this node; none is looked for earlier
     */
    public static Behavior<SchedulerCommand> create(Duration silence, CompletionStage<Done> joined) {
        Behavior<Command> link = Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.NOW, silence.dividedBy(TICKS_PER_SILENCE));
            return new SchedulerLink(context, joined);
        }));
        return Behaviors.transformMessages(SchedulerCommand.class, link, builder -> builder.matchAny(Forward::new));
    }

    private SchedulerLink(ActorContext<Command> context, CompletionStage<Done> joined) {
        super(context);
        context.setLoggerName(SchedulerLink.class);
        ActorRefResolver addresses = ActorRefResolver.get(context.getSystem());
        choice = new SchedulerChoice<>(
                Comparator.comparing(addresses::toSerializationFormat),
                TICKS_PER_SILENCE,
                PROBATION_IN_SILENCES * TICKS_PER_SILENCE);
        answers = context.messageAdapter(SchedulerAlive.class, Alive::new);
        ActorRef<Receptionist.Listing> listings = context.messageAdapter(Receptionist.Listing.class, Found::new);
        ActorRef<Receptionist.Command> receptionist = context.getSystem().receptionist();
        joined.thenRun(() -> receptionist.tell(Receptionist.subscribe(Services.SCHEDULER, listings)));
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        switch (message) {
            case Forward forward -> forward(forward.command());
            case Found found -> onFound(found.listing());
            case Alive alive ->
                choice.heard(alive.answer().scheduler(), alive.answer().workers(), now);
            case Lost lost -> choice.lost(lost.scheduler());
            case Gone gone -> askers.removeIf(asker -> asker.equals(gone.asker()));
            case Tick tick -> {
                now++;
                ping();
            }
        }
        choose();
        return this;
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        if (signal.equals(PostStop.instance())) {
            lifelines.values().forEach(Lifeline::close);
            return this;
        }
        return Behaviors.unhandled();
    }

    private void forward(SchedulerCommand command) {
        switch (command) {
            case SchedulerCommand.Release release -> choice.all().forEach(each -> each.tell(release));
            case SchedulerCommand.ChangeLimits change -> choice.all().forEach(each -> each.tell(change));
            case SchedulerCommand.Admit admit -> {
                if (askers.add(admit.replyTo())) {
                    getContext()
                            .watchWith(admit.replyTo(), new Gone(admit.replyTo().unsafeUpcast()));
                }
                active.ifPresent(scheduler -> scheduler.tell(admit));
            }
            case SchedulerCommand.RegisterWorker toActive -> toActive(toActive);
            case SchedulerCommand.Report toActive -> toActive(toActive);
            case SchedulerCommand.PrefixesChanged toActive -> toActive(toActive);
            case SchedulerCommand.ListModels toActive -> toActive(toActive);
            case SchedulerCommand.AskCapacity toActive -> toActive(toActive);
            case SchedulerCommand.AskFit toActive -> toActive(toActive);
            case SchedulerCommand.AskLimits toActive -> toActive(toActive);
            case SchedulerCommand.Ping toActive -> toActive(toActive);
            case SchedulerCommand.DrainWorker toActive -> toActive(toActive);
            case SchedulerCommand.ResumeWorker toActive -> toActive(toActive);
            case SchedulerCommand.FlushWorker toActive -> toActive(toActive);
        }
    }

    private void toActive(SchedulerCommand command) {
        active.ifPresent(scheduler -> scheduler.tell(command));
    }

    private void onFound(Receptionist.Listing listing) {
        Set<ActorRef<SchedulerCommand>> found = listing.getServiceInstances(Services.SCHEDULER);
        choice.known(found);
        ActorRef<Command> self = getContext().getSelf();
        lifelines.entrySet().removeIf(each -> {
            boolean gone = !found.contains(each.getKey());
            if (gone) {
                each.getValue().close();
            }
            return gone;
        });
        for (ActorRef<SchedulerCommand> scheduler : found) {
            lifelines.computeIfAbsent(scheduler, added -> Lifeline.to(added, () -> self.tell(new Lost(added))));
        }
        ping();
    }

    private void ping() {
        choice.all().forEach(scheduler -> scheduler.tell(new SchedulerCommand.Ping(now, answers)));
    }

    private void choose() {
        Optional<ActorRef<SchedulerCommand>> before = active;
        active = choice.active(now);
        if (!active.equals(before)) {
            getContext().getLog().info("The scheduler is now {}, was {}", active, before);
            if (active.isPresent()) {
                askers.forEach(asker -> asker.tell(new AdmissionReply.AskAgain()));
            }
        }
    }
}
