package dev.vidda.node;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.gateway.stream.Generation;
import dev.vidda.gateway.stream.HubTimes;
import dev.vidda.gateway.stream.RequestObserver;
import dev.vidda.gateway.stream.SchedulerLink;
import dev.vidda.gateway.stream.StreamEvent;
import dev.vidda.gateway.stream.TokenHub;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.SchedulerAlive;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.Services;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.WorkerCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures the way of tokens from a worker's JVM to a gateway's: frames over Artery on loopback, the hub, and the stream of
 * each request, up to where text would be made of them. A token's id is the time it was sent at, so each one tells how
 * long it took. Run with {@code main}; docs/performance.md has the command.
 */
final class TokenPathTrial {
    private static final int STREAMS = Integer.getInteger("streams", 1_000);
    private static final int STEPS_PER_SECOND = Integer.getInteger("steps", 50);
    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("warm", 10));
    private static final Duration MEASURED = Duration.ofSeconds(10);
    /** As many as a worker puts into one frame. */
    private static final int DELTAS_PER_FRAME = 455;

    private static final int MICROS = 1_000;

    private TokenPathTrial() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 2) {
            ActorSystem.create(Source.scheduler(), "vidda", config(args[0], args[1]));
        } else {
            measure();
        }
    }

    private static Config config(String address, String seed) {
        Config all = ConfigFactory.load(ConfigFactory.parseMap(Map.of(
                        "vidda.node.cluster.enabled",
                        true,
                        "vidda.node.cluster.address",
                        address,
                        "vidda.node.cluster.seed-nodes",
                        List.of(seed)))
                .withFallback(ConfigFactory.defaultApplication()));
        return ClusterSettings.from(all).akka(all, List.of());
    }

    private static void measure() throws Exception {
        String own = "127.0.0.1:" + freePort();
        String other = "127.0.0.1:" + freePort();
        Process child = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-Dstreams=" + STREAMS,
                        "-Dsteps=" + STEPS_PER_SECOND,
                        "-cp",
                        System.getProperty("java.class.path"),
                        TokenPathTrial.class.getName(),
                        other,
                        own)
                .inheritIO()
                .start();
        Config config = config(own, own);
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "vidda", config);
        try {
            new Gateway(system, GatewaySettings.from(config)).run(child.toHandle());
        } finally {
            child.destroyForcibly();
            system.terminate();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The gateway's side. */
    private static final class Gateway {
        private final ActorSystem<Void> system;
        private final ActorRef<TokenHub.Command> hub;
        private final ConcurrentLinkedQueue<int[]> latencies = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean measuring = new AtomicBoolean();

        Gateway(ActorSystem<Void> system, GatewaySettings settings) {
            this.system = system;
            ActorRef<SchedulerCommand> link = system.systemActorOf(
                    SchedulerLink.create(
                            settings.schedulerSilence(), CompletableFuture.completedStage(Done.getInstance())),
                    "link",
                    Props.empty());
            hub = system.systemActorOf(
                    TokenHub.create(link, HubTimes.of(Duration.ofMinutes(1), settings.continuation())),
                    "hub",
                    Props.empty());
        }

        void run(ProcessHandle worker) throws InterruptedException {
            CountDownLatch running = new CountDownLatch(STREAMS);
            for (int i = 0; i < STREAMS; i++) {
                String id = "chatcmpl-0123456789abcdef0123456789ab" + (1000 + i);
                GenerationRequest request =
                        new GenerationRequest(id, TokenIds.of(1), 1, Sampling.greedy(1_000_000, List.of()), "");
                AdmissionRequest admission = AdmissionRequest.standard(id, "m", 1, 1_000_000, List.of());
                Generation generation = Generation.submit(
                        hub,
                        List.of(new Generation.Part(admission, request)),
                        new Generation.Answer(4096, false),
                        RequestObserver.NONE);
                generation.accepted().thenRun(running::countDown);
                generation.forEach(this::take, system.executionContext());
            }
            running.await();
            Thread.sleep(WARM_UP);
            latencies.clear();
            measuring.set(true);
            Duration before = cpu(ProcessHandle.current());
            Duration workerBefore = cpu(worker);
            Thread.sleep(MEASURED);
            measuring.set(false);
            report(cpu(ProcessHandle.current()).minus(before), cpu(worker).minus(workerBefore));
        }

        private boolean take(StreamEvent event) {
            if (measuring.get()) {
                int now = (int) (System.nanoTime() / MICROS) & Integer.MAX_VALUE;
                latencies.add(new int[] {
                    now - ((StreamEvent.Tokens) event).delta().tokens().get(0)
                });
            }
            return true;
        }

        private void report(Duration gateway, Duration worker) {
            int[] sorted =
                    latencies.stream().flatMapToInt(Arrays::stream).sorted().toArray();
            double seconds = MEASURED.toMillis() / 1e3;
            double rate = sorted.length / seconds;
            double cores = (gateway.toNanos() + worker.toNanos()) / 1e9 / seconds;
            System.out.printf(
                    Locale.ROOT,
                    "%d streams at %d tokens/s: %.0f tokens/s, latency p50 %.2f ms, p99 %.2f ms, max %.2f ms%n"
                            + "cores: gateway %.2f, worker %.2f; %.0f tokens/s per core of both%n",
                    STREAMS,
                    STEPS_PER_SECOND,
                    rate,
                    sorted[sorted.length / 2] / 1e3,
                    sorted[(int) (sorted.length * 0.99)] / 1e3,
                    sorted[sorted.length - 1] / 1e3,
                    gateway.toNanos() / 1e9 / seconds,
                    worker.toNanos() / 1e9 / seconds,
                    rate / cores);
        }

        private static Duration cpu(ProcessHandle process) {
            return process.info().totalCpuDuration().orElseThrow();
        }
    }

    /** The other side: admits everything to a worker that draws the time. */
    private static final class Source {
        private Source() {}

        static Behavior<SchedulerCommand> scheduler() {
            return Behaviors.setup(context -> {
                ActorRef<WorkerCommand> worker = context.spawn(worker(), "worker");
                context.getSystem().receptionist().tell(Receptionist.register(Services.SCHEDULER, context.getSelf()));
                return Behaviors.receiveMessage(message -> {
                    if (message instanceof SchedulerCommand.Ping ping) {
                        ping.replyTo().tell(new SchedulerAlive(context.getSelf(), ping.number(), 1));
                    } else if (message instanceof SchedulerCommand.Admit admit) {
                        Lease lease = new Lease(admit.request().id(), "w", 1);
                        admit.replyTo().tell(new AdmissionReply.Admitted(lease, worker));
                    }
                    return Behaviors.same();
                });
            });
        }

        private static Behavior<WorkerCommand> worker() {
            // Whatever it tells itself at intervals means a step.
            return Behaviors.withTimers(timers -> {
                timers.startTimerAtFixedRate(
                        new WorkerCommand.Resume(), Duration.ofSeconds(1).dividedBy(STEPS_PER_SECOND));
                return new Worker().behavior();
            });
        }
    }

    private static final class Worker {
        private final List<WorkerCommand.Start> starts = new ArrayList<>();
        private long number;
        private int step;

        Behavior<WorkerCommand> behavior() {
            return Behaviors.receiveMessage(command -> {
                if (command instanceof WorkerCommand.Start start) {
                    starts.add(start);
                } else if (command instanceof WorkerCommand.Resume && starts.size() == STREAMS) {
                    step();
                }
                return Behaviors.same();
            });
        }

        private void step() {
            TokenIds time = TokenIds.of((int) (System.nanoTime() / MICROS) & Integer.MAX_VALUE);
            for (int from = 0; from < STREAMS; from += DELTAS_PER_FRAME) {
                List<TokenDelta> deltas = new ArrayList<>(DELTAS_PER_FRAME);
                for (WorkerCommand.Start start : starts.subList(from, Math.min(STREAMS, from + DELTAS_PER_FRAME))) {
                    deltas.add(new TokenDelta(start.request().id(), 0, step, time, List.of(), Optional.empty()));
                }
                starts.getFirst().gateway().tell(new TokenFrame("w", number++, deltas));
            }
            step++;
        }
    }
}
