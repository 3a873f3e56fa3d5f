package dev.vidda.gateway.security;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import dev.vidda.protocol.QuotaUse;
import dev.vidda.protocol.Services;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells the other gateways what was let in here, and counts what they let in, so that a quota holds for all gateways
 * together. They know it a moment later: within that moment each may let in as much as is left.
 */
public final class QuotaShare extends AbstractOnMessageBehavior<QuotaShare.Command> {
    /** What it tells itself. */
    public sealed interface Command {}

    private record Heard(QuotaUse use) implements Command {}

    private record Found(Receptionist.Listing listing) implements Command {}

    private enum Internal implements Command {
        TICK,
        STOP
    }

    private final Gatekeeper gatekeeper;
    private final ActorRef<QuotaUse> self;
    private final Set<ActorRef<QuotaUse>> others = new HashSet<>();

    /** @param interval between two messages to each other gateway */
    public static Behavior<Command> create(Gatekeeper gatekeeper, Duration interval) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Internal.TICK, interval);
            return new QuotaShare(context, gatekeeper);
        }));
    }

    /** Ends it. */
    public static Command stop() {
        return Internal.STOP;
    }

    private QuotaShare(ActorContext<Command> context, Gatekeeper gatekeeper) {
        super(context);
        this.gatekeeper = gatekeeper;
        ActorRef<Command> own = context.getSelf();
        // An actor of its own, since no receptionist takes one that subscribes to it, too.
        this.self = context.spawn(
                Behaviors.<QuotaUse>receiveMessage(use -> {
                    own.tell(new Heard(use));
                    return Behaviors.same();
                }),
                "address");
        ActorRef<Receptionist.Command> receptionist = context.getSystem().receptionist();
        receptionist.tell(Receptionist.register(Services.QUOTAS, self));
        receptionist.tell(Receptionist.subscribe(
                Services.QUOTAS, context.messageAdapter(Receptionist.Listing.class, Found::new)));
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        return switch (command) {
            case Heard heard -> onHeard(heard.use());
            case Found found -> onFound(found.listing());
            case Internal.TICK -> onTick();
            case Internal.STOP -> Behaviors.stopped();
        };
    }

    /** Of one that is gone already, nothing would be forgotten any more. */
    private Behavior<Command> onHeard(QuotaUse use) {
        if (others.contains(use.gateway())) {
            gatekeeper.hear(use);
        }
        return this;
    }

    private Behavior<Command> onFound(Receptionist.Listing listing) {
        Set<ActorRef<QuotaUse>> now = new HashSet<>(listing.getServiceInstances(Services.QUOTAS));
        now.remove(self);
        for (ActorRef<QuotaUse> other : List.copyOf(others)) {
            if (!now.contains(other)) {
                others.remove(other);
                gatekeeper.forget(other);
            }
        }
        others.addAll(now);
        return this;
    }

    private Behavior<Command> onTick() {
        List<QuotaUse.Use> uses = gatekeeper.uses();
        if (!uses.isEmpty()) {
            others.forEach(other -> other.tell(new QuotaUse(self, uses)));
        }
        return this;
    }
}
