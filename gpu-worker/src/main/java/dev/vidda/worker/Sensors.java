package dev.vidda.worker;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.vidda.protocol.DeviceHealth;
import dev.vidda.worker.step.ModelRunner;
import java.time.Duration;
import java.util.function.Consumer;

/** Reads a device's sensors at intervals, on another thread than the worker's, which has no time to wait for them. */
final class Sensors extends AbstractOnMessageBehavior<Sensors.Read> {
    /** What it tells itself. */
    enum Read {
        NOW
    }

    private final ModelRunner runner;
    private final Consumer<DeviceHealth> listener;

    static Behavior<Read> create(ModelRunner runner, Duration interval, Consumer<DeviceHealth> listener) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Read.NOW, interval);
            return new Sensors(context, runner, listener);
        }));
    }

    private Sensors(ActorContext<Read> context, ModelRunner runner, Consumer<DeviceHealth> listener) {
        super(context);
        this.runner = runner;
        this.listener = listener;
    }

    @Override
    public Behavior<Read> onMessage(Read read) {
        runner.health().ifPresent(listener);
        return this;
    }
}
