package dev.vidda.gateway.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.vidda.protocol.ModelList;
import dev.vidda.protocol.SchedulerCommand;
import java.time.Duration;

/** Asks the scheduler again and again which workers there are, and tells the {@link ServedModels}. */
public final class WorkerPoll extends AbstractOnMessageBehavior<WorkerPoll.Command> {
    /** What the poll is told. */
    public sealed interface Command {}

    private record Listed(ModelList list) implements Command {}

    private enum Internal implements Command {
        ASK,
        STOP
    }

    private static final int MISSED_ANSWERS_ALLOWED = 4;
    /** While nothing can be served, a start should not wait for the poll. */
    private static final Duration IMPATIENT = Duration.ofMillis(20);

    private final TimerScheduler<Command> timers;
    private final ActorRef<SchedulerCommand> scheduler;
    private final ActorRef<ModelList> answers;
    private final ServedModels directory;
    private final Duration interval;
    private int unanswered;

    public static Behavior<Command> create(
            ActorRef<SchedulerCommand> scheduler, ServedModels directory, Duration interval) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            WorkerPoll poll = new WorkerPoll(context, timers, scheduler, directory, interval);
            context.getSelf().tell(Internal.ASK);
            return poll;
        }));
    }

    /** Ends the poll. */
    public static Command stop() {
        return Internal.STOP;
    }

    private WorkerPoll(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            ActorRef<SchedulerCommand> scheduler,
            ServedModels directory,
            Duration interval) {
        super(context);
        this.timers = timers;
        this.scheduler = scheduler;
        this.answers = context.messageAdapter(ModelList.class, Listed::new);
        this.directory = directory;
        this.interval = interval;
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        switch (message) {
            case Internal.ASK -> ask();
            case Internal.STOP -> {
                return Behaviors.stopped();
            }
            case Listed listed -> {
                unanswered = 0;
                directory.workers(listed.list().workers());
            }
        }
        return this;
    }

    private void ask() {
        if (unanswered > MISSED_ANSWERS_ALLOWED) {
            directory.schedulerSilent();
        }
        unanswered++;
        scheduler.tell(new SchedulerCommand.ListModels(answers));
        boolean impatient = directory.obstacle().isPresent() && interval.compareTo(IMPATIENT) > 0;
        Duration pause = impatient ? IMPATIENT : interval;
        directory.passed(pause);
        timers.startSingleTimer(Internal.ASK, pause);
    }
}
