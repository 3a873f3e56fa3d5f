package dev.vidda.node;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Waits until this node is up and every other one that can be reached has seen it so, tells that once, and stops.
 *
 * <p>Before, nobody may be given a reference to an actor of this node: where another process had the same address earlier,
 * Akka takes whoever is watched at that address for dead until the new member is seen up.
 */
final class SeenUp extends AbstractOnMessageBehavior<SeenUp.Check> {
    /** What it tells itself. */
    enum Check {
        NOW
    }

    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final Cluster cluster;
    private final Runnable seen;

    /** Makes an actor that tells {@code listener} {@code seen}. */
    static <T> Behavior<Check> create(ActorRef<T> listener, T seen) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Check.NOW, INTERVAL);
            return new SeenUp(context, () -> listener.tell(seen));
        }));
    }

    private SeenUp(ActorContext<Check> context, Runnable seen) {
        super(context);
        this.cluster = Cluster.get(context.getSystem());
        this.seen = seen;
    }

    @Override
    public Behavior<Check> onMessage(Check check) {
        if (!isSeenUp(cluster.selfMember(), cluster.state())) {
            return this;
        }
        seen.run();
        return Behaviors.stopped();
    }

    private static boolean isSeenUp(Member self, CurrentClusterState state) {
        Set<Address> members = up(state.getMembers());
        return members.contains(self.address())
                && hasSeen(members, addresses(state.getUnreachable()), state.getSeenBy());
    }

    private static boolean isUp(MemberStatus status) {
        return status.equals(MemberStatus.up()) || status.equals(MemberStatus.weaklyUp());
    }

    private static Set<Address> up(Iterable<Member> members) {
        return StreamSupport.stream(members.spliterator(), false)
                .filter(member -> isUp(member.status()))
                .map(Member::address)
                .collect(Collectors.toSet());
    }

    private static Set<Address> addresses(Set<Member> members) {
        return members.stream().map(Member::address).collect(Collectors.toSet());
    }

    /** Whether all {@code members} have seen the newest state, those left out that cannot be reached. */
    static <A> boolean hasSeen(Set<A> members, Set<A> unreachable, Set<A> seenBy) {
        return members.stream().allMatch(member -> unreachable.contains(member) || seenBy.contains(member));
    }
}
