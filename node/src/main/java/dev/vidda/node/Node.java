package dev.vidda.node;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** A running node: an actor system with its roles. */
public final class Node {
    private enum Stopped implements CoordinatedShutdown.Reason {
        BY_OWNER
    }

    private final ActorSystem<?> system;
    private final AtomicBoolean stopping = new AtomicBoolean();

    private Node(ActorSystem<?> system) {
        this.system = system;
    }

    /**
     * Starts a node and returns at once; {@code listener} hears how it goes on. A node that failed is to be stopped, too.
     */
    public static Node start(NodeSettings settings, NodeListener listener) {
        Config config = settings.cluster()
                .akka(
                        settings.config(),
                        settings.roles().stream().map(Role::word).sorted().toList());
        ModelTexts texts = ModelTexts.load(settings);
        Node node = new Node(
                ActorSystem.create(Guardian.create(settings, texts, listener), ClusterSettings.SYSTEM, config));
        node.system.getWhenTerminated().thenRun(() -> {
            if (!node.stopping.get()) {
                listener.failed(new NodeException("the node was separated from the others, or did not find any, and"
                        + " has stopped, so that the requests it had can go on elsewhere"));
            }
        });
        return node;
    }

    /**
     * Stops taking requests, lets running answers finish within {@code vidda.gateway.shutdown-timeout} and what its worker
     * runs for others within {@code vidda.worker.drain-time}, leaves the cluster, and frees all memory.
     *
     * @return completed when nothing of the node is left
     */
    public CompletionStage<Done> stop() {
        stopping.set(true);
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        return shutdown.runAll(Stopped.BY_OWNER).thenCompose(done -> system.getWhenTerminated());
    }
}
