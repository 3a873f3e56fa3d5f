package dev.vidda.node;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class SeenUpTest {
    private static final int PATIENCE_SECONDS = 60;

    private static final ActorSystem<Void> FIRST = system();
    private static final ActorSystem<Void> SECOND = system();

    @AfterAll
    static void stop() {
        SECOND.terminate();
        FIRST.terminate();
    }

    @Test
    void whoeverCanBeReachedHasToHaveSeen() {
        assertThat(SeenUp.hasSeen(Set.of("a", "b"), Set.of(), Set.of("a", "b"))).isTrue();
        assertThat(SeenUp.hasSeen(Set.of("a", "b"), Set.of(), Set.of("a"))).isFalse();
        assertThat(SeenUp.hasSeen(Set.of("a", "b"), Set.of("b"), Set.of("a"))).isTrue();
    }

    @Test
    void whenANodeSaysItWasSeenTheOtherOneHasSeenItUp() throws Exception {
        join(FIRST, FIRST);
        seenUp(FIRST).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        join(SECOND, FIRST);

        Set<Address> upAtTheFirst = seenUp(SECOND).thenApply(seen -> up(FIRST)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);

        assertThat(upAtTheFirst).contains(address(FIRST), address(SECOND));
    }

    private static CompletableFuture<String> seenUp(ActorSystem<?> system) {
        CompletableFuture<String> seen = new CompletableFuture<>();
        Behavior<String> listener = Behaviors.receiveMessage(message -> {
            seen.complete(message);
            return Behaviors.same();
        });
        ActorRef<String> reference = system.systemActorOf(listener, "seen-listener", Props.empty());
        system.systemActorOf(SeenUp.create(reference, "seen"), "seen-up", Props.empty());
        return seen;
    }

    private static Set<Address> up(ActorSystem<?> system) {
        return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
                .filter(member -> member.status().equals(MemberStatus.up()))
                .map(Member::address)
                .collect(Collectors.toSet());
    }

    private static void join(ActorSystem<?> system, ActorSystem<?> seed) {
        Cluster.get(system).manager().tell(Join.create(address(seed)));
    }

    private static Address address(ActorSystem<?> system) {
        return Cluster.get(system).selfMember().address();
    }

    private static ActorSystem<Void> system() {
        Config config = ConfigFactory.parseString("""
                        akka.actor.provider = cluster
                        akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                        akka.cluster.gossip-interval = 100ms
                        akka.cluster.leader-actions-interval = 100ms
                        akka.cluster.seed-nodes = []
                        """).withFallback(ConfigFactory.load());
        return ActorSystem.create(Behaviors.empty(), ClusterSettings.SYSTEM, config);
    }
}
