package dev.vidda.node;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import dev.vidda.gateway.text.ModelText;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A running node: an actor system with its roles. */
public final class Node {
    private enum Stopped implements CoordinatedShutdown.Reason {
        BY_OWNER
    }

    private final ActorSystem<?> system;

    private Node(ActorSystem<?> system) {
        this.system = system;
    }

    /**
     * Starts a node and returns at once; {@code listener} hears how it goes on. A node that failed is to be stopped, too.
     */
    public static Node start(NodeSettings settings, NodeListener listener) {
        CompletableFuture<ModelText> text = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("model-text").start(() -> complete(text, settings.model()));
        return new Node(ActorSystem.create(Guardian.create(settings, text, listener), "vidda", settings.config()));
    }

    /**
     * Stops taking requests, lets running answers finish within {@code vidda.gateway.shutdown-timeout}, and frees all
     * memory.
     *
     * @return completed when nothing of the node is left
     */
    public CompletionStage<Done> stop() {
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        return shutdown.runAll(Stopped.BY_OWNER).thenCompose(done -> system.getWhenTerminated());
    }

    private static void complete(CompletableFuture<ModelText> text, ModelSettings model) {
        try {
            text.complete(ModelText.load(model.directory()));
        } catch (RuntimeException | LinkageError e) {
            text.completeExceptionally(e);
        }
    }
}
