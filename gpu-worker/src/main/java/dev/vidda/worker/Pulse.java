package dev.vidda.worker;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.vidda.protocol.TokenFrame;
import java.time.Duration;

/**
 * Sends every gateway of a worker a sign of life at intervals. An actor of its own, on another thread than the worker's:
 * a step that takes long is no reason to give a worker up.
 */
final class Pulse extends AbstractOnMessageBehavior<Pulse.Beat> {
    /** What it tells itself. */
    enum Beat {
        NOW
    }

    private final Streams<ActorRef<TokenFrame>> streams;

    static Behavior<Beat> create(Streams<ActorRef<TokenFrame>> streams, Duration interval) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Beat.NOW, interval);
            return new Pulse(context, streams);
        }));
    }

    private Pulse(ActorContext<Beat> context, Streams<ActorRef<TokenFrame>> streams) {
        super(context);
        this.streams = streams;
    }

    @Override
    public Behavior<Beat> onMessage(Beat beat) {
        streams.signsOfLife().forEach(sign -> sign.gateway().tell(sign.frame()));
        return this;
    }
}
