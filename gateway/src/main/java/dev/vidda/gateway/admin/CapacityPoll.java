package dev.vidda.gateway.admin;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.SchedulerCommand;
import java.time.Duration;

/** Asks the scheduler again and again what the workers have and do, and keeps it in a {@link ClusterView}. */
public final class CapacityPoll extends AbstractOnMessageBehavior<CapacityPoll.Command> {
    /** What the poll is told. */
    public sealed interface Command {}

    private record Told(Capacity capacity) implements Command {}

    private enum Internal implements Command {
        ASK,
        STOP
    }

    private final ActorRef<SchedulerCommand> scheduler;
    private final ActorRef<Capacity> answers;
    private final ClusterView view;
    private final RateBook rates = new RateBook();

    /** The behaviour of a poll that asks each {@code interval}. */
    public static Behavior<Command> create(ActorRef<SchedulerCommand> scheduler, ClusterView view, Duration interval) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Internal.ASK, Duration.ZERO, interval);
            return new CapacityPoll(context, scheduler, view);
        }));
    }

    /** Ends the poll. */
    public static Command stop() {
        return Internal.STOP;
    }

    private CapacityPoll(ActorContext<Command> context, ActorRef<SchedulerCommand> scheduler, ClusterView view) {
        super(context);
        this.scheduler = scheduler;
        this.answers = context.messageAdapter(Capacity.class, Told::new);
        this.view = view;
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        switch (message) {
            case Internal.ASK -> scheduler.tell(new SchedulerCommand.AskCapacity(answers));
            case Internal.STOP -> {
                return Behaviors.stopped();
            }
            case Told told ->
                view.set(new ClusterView.Snapshot(told.capacity(), rates.observe(told.capacity(), System.nanoTime())));
        }
        return this;
    }
}
