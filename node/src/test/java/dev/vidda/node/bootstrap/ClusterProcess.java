package dev.vidda.node.bootstrap;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ClusterEvent;
import akka.cluster.UniqueAddress;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A process of {@link BootstrapTest}: a member of a cluster with nothing to do. Its arguments are its address, the port of
 * Artery and that of the management, then keys and values of the configuration; it prints {@code members N} whenever the number of
 * members that are up has changed.
 */
final class ClusterProcess {
    private ClusterProcess() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) {
        String host = arguments[0];
        Map<String, Object> settings = new HashMap<>();
        settings.put("akka.actor.provider", "cluster");
        settings.put("akka.remote.artery.canonical.hostname", host);
        settings.put("akka.remote.artery.canonical.port", arguments[1]);
        settings.put("vidda.node.management.port", arguments[2]);
        settings.put("vidda.node.bootstrap.method", "kubernetes");
        for (int i = 3; i < arguments.length; i += 2) {
            settings.put(arguments[i], arguments[i + 1]);
        }
        Config config =
                ConfigFactory.load(ConfigFactory.parseMap(settings).withFallback(ConfigFactory.defaultApplication()));
        BootstrapSettings bootstrap = BootstrapSettings.from(config);
        ActorSystem<ClusterEvent.MemberEvent> system = ActorSystem.create(
                Behaviors.setup(context -> {
                    Set<UniqueAddress> up = new HashSet<>();
                    Cluster.get(context.getSystem())
                            .subscriptions()
                            .tell(Subscribe.create(context.getSelf(), ClusterEvent.MemberEvent.class));
                    return Behaviors.receiveMessage(event -> {
                        if (event instanceof ClusterEvent.MemberUp) {
                            up.add(event.member().uniqueAddress());
                        } else if (event instanceof ClusterEvent.MemberRemoved) {
                            up.remove(event.member().uniqueAddress());
                        }
                        System.out.println("members " + up.size());
                        return Behaviors.same();
                    });
                }),
                "vidda",
                ActorSystemSetup.create(BootstrapSetup.create(bootstrap.akka(host, config)), new Health()));
        Bootstrap.start(system, bootstrap);
    }
}
