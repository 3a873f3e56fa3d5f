package dev.vidda.worker;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Observes a worker's thread from another one: when a step hangs, as it does when a GPU stops answering, nothing on that
 * thread can say so. Then it tells whoever has to know, once, and ends.
 */
final class Watchdog extends AbstractOnMessageBehavior<Watchdog.Look> {
    /** What it tells itself. */
    enum Look {
        NOW
    }

    private static final int LOOKS_PER_LIMIT = 10;

    private final StepProgress progress;
    private final Stall stall;
    private final Consumer<String> onHang;

    /** @param onHang called on another thread than the worker's, with what happened in words */
    static Behavior<Look> create(StepProgress progress, Stall.Limits limits, Consumer<String> onHang) {
        Duration interval = limits.step().dividedBy(LOOKS_PER_LIMIT);
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Look.NOW, interval);
            return new Watchdog(context, progress, new Stall(interval, limits), onHang);
        }));
    }

    private Watchdog(ActorContext<Look> context, StepProgress progress, Stall stall, Consumer<String> onHang) {
        super(context);
        this.progress = progress;
        this.stall = stall;
        this.onHang = onHang;
    }

    @Override
    public Behavior<Look> onMessage(Look look) {
        long step = progress.steps();
        if (!stall.hangs(step, progress.isUnderWay())) {
            return this;
        }
        String message = "step " + step + " has made no progress";
        getContext().getLog().error("Giving a worker up: {}", message);
        onHang.accept(message);
        return Behaviors.stopped();
    }
}
