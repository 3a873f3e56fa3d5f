package dev.vidda.node.bootstrap;

import akka.actor.ExtendedActorSystem;
import akka.cluster.Cluster;
import akka.cluster.MemberStatus;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import akka.management.javadsl.ManagementRouteProvider;
import akka.management.javadsl.ManagementRouteProviderSettings;
import dev.vidda.node.Release;
import java.util.Locale;

/**
 * Answers probes on the management port: {@code /startupz} is 200 once the node has started, {@code /readyz} while it is
 * ready and a member of its cluster, {@code /livez} unless it failed; otherwise 503. Created by Akka Management, by name.
 */
public final class HealthRoutes extends AllDirectives implements ManagementRouteProvider {
    private final ExtendedActorSystem system;
    private final Health health;

    public HealthRoutes(ExtendedActorSystem system) {
        this.system = system;
        this.health = system.settings()
                .setup()
                .get(Health.class)
                .orElseThrow(() -> new IllegalStateException("the actor system was made without a Health"));
    }

    @Override
    public Route routes(ManagementRouteProviderSettings settings) {
        return get(() -> concat(
                path("startupz", () -> complete(answer(health.state() != Health.State.STARTING))),
                path("readyz", () -> complete(answer(health.state() == Health.State.READY && isMember()))),
                path("livez", () -> complete(answer(health.state() != Health.State.FAILED)))));
    }

    private HttpResponse answer(boolean good) {
        String body = "{\"status\": \"" + health.state().name().toLowerCase(Locale.ROOT) + "\", \"member\": \""
                + membership() + "\", \"version\": \"" + Release.current() + "\"}\n";
        return HttpResponse.create()
                .withStatus(good ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE)
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, body));
    }

    private boolean isMember() {
        return !inCluster() || Cluster.get(system).selfMember().status().equals(MemberStatus.up());
    }

    private String membership() {
        return inCluster()
                ? Cluster.get(system).selfMember().status().toString().toLowerCase(Locale.ROOT)
                : "alone";
    }

    private boolean inCluster() {
        return system.settings().ProviderClass().contains("Cluster");
    }
}
