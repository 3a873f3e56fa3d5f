package dev.vidda.node;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.JoinSeedNodes;
import akka.testkit.javadsl.TestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.vidda.protocol.WireVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class JoinCheckTest {
    private static final long PATIENCE_SECONDS = 60;
    private static final Config QUIET = ConfigFactory.parseMap(Map.of(
                    "akka.loglevel", "OFF",
                    "akka.actor.provider", "cluster",
                    "akka.remote.artery.canonical.hostname", "127.0.0.1",
                    "akka.remote.artery.canonical.port", 0))
            .withFallback(ConfigFactory.defaultApplication());

    private final ActorSystem<Void> first = system(new WireVersion(3, 2), "0.3.0");

    @AfterEach
    void stop() {
        first.terminate();
    }

    @Test
    void aNodeOfTheNextReleaseIsTakenIn() throws Exception {
        Cluster cluster = formed();
        ActorSystem<Void> next = system(new WireVersion(4, 3), "0.4.0");

        join(next, cluster);

        new TestKit(first.classicSystem())
                .awaitCond(
                        Duration.ofSeconds(PATIENCE_SECONDS),
                        () -> cluster.state().members().size() == 2);
        assertThat(cluster.state().getMembers())
                .extracting(member -> member.appVersion().version())
                .containsExactlyInAnyOrder("0.3.0", "0.4.0");
        next.terminate();
    }

    @Test
    void aNodeThatCannotReadTheOthersStaysOutAndSaysWhy() throws Exception {
        ActorSystem<Void> late = system(new WireVersion(6, 5), "0.6.0");

        join(late, formed());

        late.getWhenTerminated().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(JoinCheck.refusal())
                .isEqualTo("Vidda 0.3.0 writes wire version 3, but Vidda 0.6.0 reads version 5 and later."
                        + " Upgrade one release at a time");
    }

    @Test
    void aNodeThatTheOthersCannotReadStaysOut() throws Exception {
        ActorSystem<Void> early = system(new WireVersion(1, 1), "0.1.0");

        join(early, formed());

        early.getWhenTerminated().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(JoinCheck.refusal())
                .isEqualTo("Vidda 0.1.0 writes wire version 1, but Vidda 0.3.0 reads version 2 and later."
                        + " Upgrade one release at a time");
    }

    /** The cluster of {@link #first}, with nobody else in it. */
    private Cluster formed() {
        Cluster cluster = Cluster.get(first);
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        new TestKit(first.classicSystem())
                .awaitCond(
                        Duration.ofSeconds(PATIENCE_SECONDS),
                        () -> cluster.selfMember().status().equals(MemberStatus.up()));
        return cluster;
    }

    private static void join(ActorSystem<Void> system, Cluster others) {
        Cluster.get(system)
                .manager()
                .tell(new JoinSeedNodes(List.of(others.selfMember().address())));
    }

    private static ActorSystem<Void> system(WireVersion version, String release) {
        Config config =
                ConfigFactory.parseMap(JoinCheck.settings(version, release)).withFallback(QUIET);
        return ActorSystem.create(Behaviors.empty(), "vidda", ConfigFactory.load(config));
    }
}
