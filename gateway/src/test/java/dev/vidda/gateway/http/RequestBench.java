package dev.vidda.gateway.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import com.typesafe.config.ConfigFactory;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.gateway.openai.ServedModel;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.ModelList;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.WorkerCommand;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * What a small request costs the gateway, by endpoint: the worker answers at once, and one thread has a number of
 * connections on which it asks again as soon as it is answered. Its own CPU time is taken off. Run by hand:
 *
 * <pre>RequestBench CONNECTIONS REQUESTS ROUNDS</pre>
 */
final class RequestBench {
    private static final String PROMPT = "Solve 3x + 5 = 20.";
    private static final String CHAT =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"" + PROMPT + "\"}],\"max_tokens\":1,\"stream\":%s}";
    private static final int FRAMES = 16;
    private static final int[] ANSWER = TestSequence.ids("Hello");

    private static final Map<String, byte[]> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("chat, streamed", request("/v1/chat/completions", "application/json", CHAT.formatted(true)));
        KINDS.put("instruct, streamed", request("/v1/qwen3/instruct?max_tokens=1", "text/plain", PROMPT));
        KINDS.put("chat, whole", request("/v1/chat/completions", "application/json", CHAT.formatted(false)));
        KINDS.put("instruct, whole", request("/v1/qwen3/instruct?max_tokens=1&stream=false", "text/plain", PROMPT));
        String frame = "\0\0\0" + (char) PROMPT.length() + PROMPT;
        KINDS.put(
                "instruct, 16 each",
                request("/v1/qwen3/instruct?max_tokens=1", "application/x-vidda-frames", frame.repeat(FRAMES)));
    }

    private RequestBench() {}

    public static void main(String[] arguments) throws Exception {
        int connections = Integer.parseInt(arguments[0]);
        int requests = Integer.parseInt(arguments[1]);
        int rounds = Integer.parseInt(arguments[2]);
        int port = gateway();
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, byte[]> kind : KINDS.entrySet()) {
                measure(kind.getKey(), kind.getValue(), port, connections, requests);
            }
        }
        System.exit(0);
    }

    private static void measure(String name, byte[] request, int port, int connections, int requests)
            throws IOException {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int prompts = name.endsWith("each") ? FRAMES : 1;
        long own = Thread.currentThread().threadId();
        long cpu = system.getProcessCpuTime() - threads.getThreadCpuTime(own);
        long bytes = threads.getTotalThreadAllocatedBytes() - threads.getThreadAllocatedBytes(own);
        long start = System.nanoTime();
        ask(request, port, connections, requests / prompts);
        double seconds = (System.nanoTime() - start) / 1e9;
        cpu = system.getProcessCpuTime() - threads.getThreadCpuTime(own) - cpu;
        bytes = threads.getTotalThreadAllocatedBytes() - threads.getThreadAllocatedBytes(own) - bytes;
        System.out.printf(
                "%-18s %,7.0f prompts/s, %4.0f us CPU and %,7d bytes allocated a prompt%n",
                name, requests / seconds, cpu / 1e3 / requests, bytes / requests);
    }

    private static void ask(byte[] request, int port, int connections, int requests) throws IOException {
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
                channel.configureBlocking(false);
                channel.write(ByteBuffer.wrap(request));
                channel.register(selector, SelectionKey.OP_READ, new StringBuilder());
            }
            int[] answered = {0};
            ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
            while (answered[0] < requests) {
                selector.select(key -> answered[0] += read(key, buffer, request) ? 1 : 0);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        }
    }

    /** Whether the answer is complete; then the next request is sent. */
    private static boolean read(SelectionKey key, ByteBuffer buffer, byte[] request) {
        StringBuilder answer = (StringBuilder) key.attachment();
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (channel.read(buffer.clear()) < 0) {
                throw new IllegalStateException("the connection ended after: " + answer);
            }
            answer.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            if (!isComplete(answer)) {
                return false;
            }
            if (!answer.toString().startsWith("HTTP/1.1 200")) {
                throw new IllegalStateException(answer.toString());
            }
            answer.setLength(0);
            channel.write(ByteBuffer.wrap(request));
            return true;
        } catch (IOException e) {
            throw new IllegalStateException("after: " + answer, e);
        }
    }

    private static boolean isComplete(StringBuilder answer) {
        int head = answer.indexOf("\r\n\r\n");
        int length = answer.indexOf("Content-Length: ");
        if (head < 0) {
            return false;
        }
        if (length < 0 || length > head) {
            int last = answer.lastIndexOf("\r\n0\r\n");
            return last > 0 && answer.indexOf("\r\n\r\n", last + 3) == answer.length() - 4;
        }
        int from = length + "Content-Length: ".length();
        return answer.length() - head - 4 >= Integer.parseInt(answer.substring(from, answer.indexOf("\r\n", from)));
    }

    private static byte[] request(String path, String type, String body) {
        return ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type + "\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static int gateway() {
        var config = ConfigFactory.parseString("vidda.gateway.port = 0, akka.loglevel = WARNING")
                .withFallback(ConfigFactory.load());
        ActorSystem<SchedulerCommand> system = ActorSystem.create(scheduler(), "bench", config);
        GatewayServer server = GatewayServer.start(
                        system, GatewaySettings.from(config), system, Set.of(TestGateway.MODEL))
                .toCompletableFuture()
                .join();
        server.serve(new ServedModel(TestGateway.MODEL, TestGateway.TEXT, 1_700_000_000));
        while (!server.isServing()) {
            LockSupport.parkNanos(1_000_000);
        }
        return server.address().getPort();
    }

    private static Behavior<SchedulerCommand> scheduler() {
        return Behaviors.setup(context -> {
            ActorRef<WorkerCommand> worker = context.spawn(worker(), "worker");
            return Behaviors.receiveMessage(message -> {
                switch (message) {
                    case SchedulerCommand.ListModels list ->
                        list.replyTo().tell(new ModelList(List.of(TestGateway.card(TestGateway.KV_BLOCKS))));
                    case SchedulerCommand.AskCapacity ask -> ask.replyTo().tell(new Capacity(List.of(), List.of()));
                    case SchedulerCommand.Admit admit ->
                        admit.replyTo()
                                .tell(new AdmissionReply.Admitted(
                                        new Lease(admit.request().id(), "worker-1", 1), worker));
                    default -> {}
                }
                return Behaviors.same();
            });
        });
    }

    private static Behavior<WorkerCommand> worker() {
        long[] frames = {0};
        return Behaviors.receiveMessage(command -> {
            if (command instanceof WorkerCommand.Start start) {
                TokenDelta answer = new TokenDelta(
                        start.request().id(),
                        0,
                        0,
                        TokenIds.of(ANSWER),
                        List.of(),
                        Optional.of(new Finish(FinishReason.LENGTH, -1, 0, 0, "")));
                start.gateway().tell(new TokenFrame("worker-1", frames[0]++, List.of(answer)));
            }
            return Behaviors.same();
        });
    }
}
