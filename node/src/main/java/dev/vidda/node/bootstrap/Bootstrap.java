package dev.vidda.node.bootstrap;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.model.Uri;
import akka.management.cluster.bootstrap.ClusterBootstrap;
import akka.management.javadsl.AkkaManagement;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Opens the management port of a node, and looks for its cluster. */
public final class Bootstrap {
    private Bootstrap() {}

    /**
     * Does what {@code settings} ask for.
     *
     * @return where the management port listens, if there is one; fails if it cannot
     */
    public static CompletionStage<Optional<Uri>> start(ClassicActorSystemProvider system, BootstrapSettings settings) {
        if (!settings.hasManagement()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletionStage<Uri> bound = AkkaManagement.get(system).start();
        if (settings.kubernetes()) {
            ClusterBootstrap.get(system).start();
        }
        return bound.thenApply(Optional::of);
    }
}
