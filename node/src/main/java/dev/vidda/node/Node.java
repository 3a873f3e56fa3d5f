package dev.vidda.node;

import akka.Done;
import akka.actor.BootstrapSetup;
import akka.actor.CoordinatedShutdown;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import dev.vidda.node.bootstrap.Bootstrap;
import dev.vidda.node.bootstrap.Health;
import dev.vidda.node.trace.TraceExport;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** A running node: an actor system with its roles. */
public final class Node {
    private enum Stopped implements CoordinatedShutdown.Reason {
        BY_OWNER
    }

    private final ActorSystem<?> system;
    private final Health health;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private volatile boolean separated;

    private Node(ActorSystem<?> system, Health health) {
        this.system = system;
        this.health = health;
    }

    /**
     * Starts a node and returns at once; {@code listener} hears how it goes on. A node that failed is to be stopped, too.
     */
    public static Node start(NodeSettings settings, NodeListener listener) {
        Config config = settings.cluster()
                .akka(
                        settings.configToStopIn(),
                        settings.roles().stream().map(Role::word).sorted().toList());
        Health health = new Health();
        NodeListener watched = new HealthListener(listener, health);
        Config all = settings.bootstrap().akka(settings.cluster().address().host(), config);
        ModelTexts texts = ModelTexts.load(settings);
        Optional<TraceExport> traces = traces(settings);
        Node node = new Node(
                ActorSystem.create(
                        Guardian.create(settings, texts, watched),
                        ClusterSettings.SYSTEM,
                        setup(BootstrapSetup.create(all), health, traces)),
                health);
        traces.ifPresent(node::closeAtTheEnd);
        Bootstrap.start(node.system, settings.bootstrap()).whenComplete((where, failure) -> {
            if (failure != null) {
                watched.failed(new NodeException("cannot open the management port: " + failure.getMessage(), failure));
            }
        });
        node.tellOfSeparation(watched);
        return node;
    }

    private static Optional<TraceExport> traces(NodeSettings settings) {
        if (!settings.tracing().enabled()) {
            return Optional.empty();
        }
        String instance = settings.cluster().enabled()
                ? settings.cluster().address().toString()
                : UUID.randomUUID().toString();
        String version = Optional.ofNullable(Node.class.getPackage().getImplementationVersion())
                .orElse("development");
        return Optional.of(TraceExport.start(settings.tracing(), instance, version));
    }

    private static ActorSystemSetup setup(BootstrapSetup bootstrap, Health health, Optional<TraceExport> traces) {
        ActorSystemSetup setup = ActorSystemSetup.create(bootstrap, health);
        return traces.map(export -> setup.withSetup(export.tracing())).orElse(setup);
    }

    private void closeAtTheEnd(TraceExport traces) {
        Supplier<CompletionStage<Done>> close = () -> CompletableFuture.supplyAsync(() -> {
            traces.close();
            return Done.getInstance();
        });
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "send-traces", close);
    }

    /** A node that was cut off from the majority of its cluster shuts down by itself. */
    private void tellOfSeparation(NodeListener listener) {
        Supplier<CompletionStage<Done>> tell = () -> {
            if (!stopping.get()) {
                separated = true;
                listener.failed(new NodeException(reasonToStop()));
            }
            return CompletableFuture.completedStage(Done.getInstance());
        };
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "tell-owner", tell);
    }

    private String reasonToStop() {
        boolean refused = CoordinatedShutdown.get(system)
                .getShutdownReason()
                .filter(CoordinatedShutdown.incompatibleConfigurationDetectedReason()::equals)
                .isPresent();
        return refused
                ? "the node cannot join the others: " + JoinCheck.refusal()
                : "the node was separated from the others, or did not find any, and has stopped, so that the requests it had"
                        + " can go on elsewhere";
    }

    /**
     * Stops taking requests, lets running answers finish within {@code vidda.gateway.shutdown-timeout} and what its worker
     * runs for others within {@code vidda.worker.drain-time}, leaves the cluster, and frees all memory.
     *
     * @return completed when nothing of the node is left
     */
    public CompletionStage<Done> stop() {
        stopping.set(true);
        health.become(Health.State.DRAINING);
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        CompletionStage<Done> done = shutdown.runAll(Stopped.BY_OWNER);
        // Connections to nodes that cannot be reached may never close.
        return separated ? done : done.thenCompose(ignored -> system.getWhenTerminated());
    }
}
