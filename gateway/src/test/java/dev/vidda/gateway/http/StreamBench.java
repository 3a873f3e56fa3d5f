package dev.vidda.gateway.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import com.typesafe.config.ConfigFactory;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.gateway.openai.ServedModel;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.ModelList;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.WorkerCommand;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a token costs on its way from a worker's frame to a client's socket: many streams in one JVM with a worker that
 * emits one token for each of them at a steady pace, and a client of one thread. The CPU time and allocation of client and
 * worker are taken off. Run by hand:
 *
 * <pre>StreamBench gateway|netty|both STREAMS TOKENS_PER_SECOND SECONDS [SLOW_STREAMS] [IDLE_STREAMS]</pre>
 *
 * Slow streams are never read. Idle ones get no tokens; they are another process's, see {@link IdleStreams}.
 */
final class StreamBench {
    private static final int MOST_STEPS = 4000;
    private static final int WARM_UP_SECONDS = 10;

    private final ConcurrentLinkedQueue<WorkerCommand.Start> started = new ConcurrentLinkedQueue<>();
    private final StreamBenchClient client;
    private final int tokensPerSecond;
    private final int idle;
    private volatile boolean over;
    private volatile long engineThread;
    private volatile long readerThread;
    private volatile int admitted;
    private @Nullable ActorRef<TokenFrame> gatewayActor;
    private long frames;

    private StreamBench(StreamBenchClient client, int tokensPerSecond, int idle) {
        this.client = client;
        this.idle = idle;
        this.tokensPerSecond = tokensPerSecond;
    }

    public static void main(String[] arguments) throws Exception {
        int streams = Integer.parseInt(arguments[1]);
        int tokensPerSecond = Integer.parseInt(arguments[2]);
        int seconds = Integer.parseInt(arguments[3]);
        int slow = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 0;
        int idle = arguments.length > 5 ? Integer.parseInt(arguments[5]) : 0;
        if (!arguments[0].equals("netty")) {
            System.out.print("gateway: ");
            new StreamBench(new StreamBenchClient(streams, slow, MOST_STEPS), tokensPerSecond, idle).gateway(seconds);
        }
        if (!arguments[0].equals("gateway")) {
            System.out.print("netty: ");
            new StreamBench(new StreamBenchClient(streams, slow, MOST_STEPS), tokensPerSecond, 0).netty(seconds);
        }
        System.exit(0);
    }

    private void netty(int seconds) throws Exception {
        try (NettyStreams netty = new NettyStreams()) {
            client.connect(netty.port());
            begin((step, time) -> netty.step(step));
            measure(seconds);
        }
    }

    /** Emits a step's tokens. */
    @FunctionalInterface
    private interface Engine {
        void step(int step, long nanos);
    }

    private void gateway(int seconds) throws Exception {
        var overrides = ConfigFactory.parseString(
                "vidda.gateway { port = 0, max-connections = 20000, backlog = 16384 }, akka.loglevel = WARNING");
        var config = overrides.withFallback(ConfigFactory.load());
        ActorSystem<SchedulerCommand> system = ActorSystem.create(
                Behaviors.<SchedulerCommand>setup(context -> {
                    ActorRef<WorkerCommand> worker = context.spawn(
                            Behaviors.receiveMessage(command -> {
                                if (command instanceof WorkerCommand.Start start) {
                                    started.add(start);
                                }
                                return Behaviors.same();
                            }),
                            "worker");
                    return Behaviors.receiveMessage(message -> {
                        switch (message) {
                            case SchedulerCommand.ListModels list ->
                                list.replyTo()
                                        .tell(new ModelList(List.of(TestGateway.card(TestGateway.KV_BLOCKS * 64))));
                            case SchedulerCommand.AskCapacity ask ->
                                ask.replyTo().tell(new Capacity(List.of(), List.of()));
                            case SchedulerCommand.Admit admit ->
                                admit.replyTo()
                                        .tell(new AdmissionReply.Admitted(
                                                new Lease(admit.request().id(), "worker-1", 1), worker));
                            default -> {}
                        }
                        return Behaviors.same();
                    });
                }),
                "bench",
                config);
        GatewayServer server = GatewayServer.start(
                        system, GatewaySettings.from(config), system, Set.of(TestGateway.MODEL))
                .toCompletableFuture()
                .join();
        server.serve(new ServedModel(TestGateway.MODEL, TestGateway.TEXT, 1_700_000_000));
        while (!server.isServing()) {
            LockSupport.parkNanos(1_000_000);
        }
        List<Running> running = new ArrayList<>();
        int[] letters = TestSequence.ids("abcdefgh");
        long before = usedHeap();
        begin((step, time) -> {
            for (WorkerCommand.Start start = started.poll(); start != null; start = started.poll()) {
                gatewayActor = start.gateway();
                int number = number(start);
                if (client.isRunning(number)) {
                    client.begins(number, step);
                    running.add(new Running(start.request().id(), step));
                }
                admitted++;
            }
            List<TokenDelta> deltas = new ArrayList<>(running.size());
            for (Running stream : running) {
                deltas.add(new TokenDelta(
                        stream.id(),
                        0,
                        step - stream.firstStep(),
                        TokenIds.of(letters[step % letters.length]),
                        List.of(),
                        Optional.empty()));
            }
            if (gatewayActor != null) {
                // An empty frame is the sign of life of a worker that has nothing to say.
                gatewayActor.tell(new TokenFrame("worker-1", deltas.isEmpty() ? frames : frames++, deltas));
            }
        });
        int port = server.address().getPort();
        client.connect(port);
        awaitAdmitted(client.opened());
        System.out.printf("%,d bytes of heap for each stream; ", (usedHeap() - before) / client.opened());
        try (IdleStreams others = IdleStreams.open(port, client.opened(), idle)) {
            awaitAdmitted(client.opened() + idle);
            System.out.printf("%,d in all; ", (usedHeap() - before) / (client.opened() + idle));
            measure(seconds);
            System.out.printf("idle streams %,d, of which lost %d%n", idle, others.lost());
        }
        client.close();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    private void awaitAdmitted(int streams) {
        while (admitted < streams) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** A stream that gets tokens, from a step on. */
    private record Running(String id, int firstStep) {}

    private static int number(WorkerCommand.Start start) {
        return Integer.parseInt(TestGateway.TEXT
                .tokenizer()
                .decode(start.request().prompt().toArray(), true)
                .strip());
    }

    private void begin(Engine engine) {
        readerThread =
                Thread.ofPlatform().name("client").daemon().start(client::read).threadId();
        engineThread = Thread.ofPlatform()
                .name("engine")
                .daemon()
                .start(() -> emit(engine))
                .threadId();
    }

    private void measure(int seconds) throws InterruptedException {
        Thread.sleep(WARM_UP_SECONDS * 1000L);
        Cost before = cost();
        client.measure(true);
        Thread.sleep(seconds * 1000L);
        client.measure(false);
        report(seconds, before, cost());
        over = true;
    }

    private void emit(Engine engine) {
        long interval = 1_000_000_000L / tokensPerSecond;
        long due = System.nanoTime();
        for (int step = 0; step < MOST_STEPS && !over; step++) {
            due += interval;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            long now = System.nanoTime();
            client.emitted(step, now);
            engine.step(step, now);
        }
    }

    /** What all threads but the client's and the worker's have used. */
    private record Cost(long nanos, long bytes) {}

    private Cost cost() {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long others = threads.getThreadCpuTime(readerThread) + threads.getThreadCpuTime(engineThread);
        long bytes = threads.getThreadAllocatedBytes(readerThread) + threads.getThreadAllocatedBytes(engineThread);
        return new Cost(system.getProcessCpuTime() - others, threads.getTotalThreadAllocatedBytes() - bytes);
    }

    private void report(int seconds, Cost before, Cost after) {
        long[] latencies = client.latencies();
        Arrays.sort(latencies);
        long tokens = latencies.length;
        System.out.printf(
                "%,d tokens in %d s, %,d/s; %.1f us CPU and %,d bytes allocated a token; added latency P50 %.1f P99 %.1f"
                        + " max %.1f ms; lost streams %d, tokens of the slowest/middle/fastest %s%n",
                tokens,
                seconds,
                tokens / seconds,
                (after.nanos() - before.nanos()) / 1e3 / tokens,
                (after.bytes() - before.bytes()) / tokens,
                latencies[(int) (tokens / 2)] / 1e6,
                latencies[(int) (tokens * 99 / 100)] / 1e6,
                latencies[(int) tokens - 1] / 1e6,
                client.lost(),
                client.spread());
    }

    private static long usedHeap() throws IOException {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
