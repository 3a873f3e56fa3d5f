package dev.vidda.gateway.http;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ServedModel;
import dev.vidda.gateway.stream.TokenHub;
import dev.vidda.gateway.text.ModelText;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.ModelList;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.kv.KvShape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real gateway on a free port, with a scheduler and a worker that do what the test says. All waiting is for messages
 * or responses. As an extension of JUnit, one serves all tests of a class, each of which finds it idle.
 */
final class TestGateway implements AutoCloseable, BeforeEachCallback, AfterAllCallback {
    static final String MODEL = "tiny";
    static final int CONTEXT = 4096;
    static final int KV_BLOCKS = 64;
    static final int BLOCK = 16;

    static final ModelText TEXT = ModelText.load(resource("/model"));

    final ActorTestKit kit;
    TestProbe<SchedulerCommand> scheduler;
    TestProbe<WorkerCommand> worker;
    final GatewayServer server;
    private final AtomicReference<TestProbe<SchedulerCommand>> heard = new AtomicReference<>();
    private final AtomicReference<List<WorkerCard>> cards = new AtomicReference<>(List.of());
    private final AtomicReference<Capacity> capacity = new AtomicReference<>(new Capacity(List.of(), List.of()));
    private final AtomicReference<Optional<Function<SchedulerCommand.Admit, AdmissionReply>>> replies =
            new AtomicReference<>(Optional.empty());
    private final ActorRef<SchedulerCommand> schedulerActor;
    private final HttpClient client = HttpClient.newHttpClient();
    private long nextFrame;

    private TestGateway(String overrides) {
        kit = ActorTestKit.create();
        scheduler = kit.createTestProbe(SchedulerCommand.class);
        worker = kit.createTestProbe(WorkerCommand.class);
        heard.set(scheduler);
        schedulerActor = kit.spawn(answeringLists());
        var config = ConfigFactory.parseString(
                        "vidda.gateway { port = 0, continuation { most-failures = 0, worker-wait = 0 } }")
                .withFallback(ConfigFactory.load());
        var settings = GatewaySettings.from(ConfigFactory.parseString(overrides).withFallback(config));
        server = GatewayServer.start(kit.system(), settings, schedulerActor, Set.of(MODEL))
                .toCompletableFuture()
                .join();
    }

    /** The scheduler answers by itself from now on. */
    void answerAdmissions(Function<SchedulerCommand.Admit, AdmissionReply> reply) {
        replies.set(Optional.of(reply));
    }

    /** Serves {@link #MODEL} by one worker. */
    static TestGateway start() {
        return start("");
    }

    static TestGateway start(String overrides) {
        TestGateway gateway = new TestGateway(overrides);
        gateway.loadModel();
        gateway.workers(List.of(card(KV_BLOCKS)));
        gateway.awaitStatus("/health", 200);
        return gateway;
    }

    /** Before any model is loaded. */
    static TestGateway startEmpty() {
        return new TestGateway("");
    }

    void loadModel() {
        server.serve(new ServedModel(MODEL, TEXT, 1_700_000_000));
    }

    void capacity(Capacity now) {
        capacity.set(now);
    }

    void workers(List<WorkerCard> now) {
        cards.set(now);
    }

    static WorkerCard card(int kvBlocks) {
        KvShape shape = KvShape.grouped(2, 2, 64, 2, 0);
        return new WorkerCard(
                "worker-1", MODEL, "test", CONTEXT, shape, kvBlocks, 256, MemoryUse.UNKNOWN, "test", 1_700_000_000);
    }

    private Behavior<SchedulerCommand> answeringLists() {
        return Behaviors.receiveMessage(message -> {
            if (message instanceof SchedulerCommand.ListModels list) {
                list.replyTo().tell(new ModelList(cards.get()));
            } else if (message instanceof SchedulerCommand.AskCapacity ask) {
                ask.replyTo().tell(capacity.get());
            } else if (message instanceof SchedulerCommand.Admit admit
                    && replies.get().isPresent()) {
                admit.replyTo().tell(replies.get().get().apply(admit));
            } else {
                heard.get().ref().tell(message);
            }
            return Behaviors.same();
        });
    }

    /** Ends what an earlier test left open, so that tests do not hear of each other. */
    void reset() {
        server.hub().tell(new TokenHub.FailAll(ApiError.engine("reset", "the test is over")));
        TestProbe<Done> idle = kit.createTestProbe(Done.class);
        server.hub().tell(new TokenHub.AwaitIdle(idle.ref()));
        idle.receiveMessage();
        scheduler = kit.createTestProbe(SchedulerCommand.class);
        nextFrame = 0;
        worker = kit.createTestProbe(WorkerCommand.class);
        heard.set(scheduler);
    }

    void stopScheduler() {
        kit.stop(schedulerActor);
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    /** Posts JSON, with {@code '} for {@code "}. */
    HttpResponse<String> post(String path, String json) {
        return postAsync(path, json).join();
    }

    CompletableFuture<HttpResponse<String>> postAsync(String path, String json) {
        return client.sendAsync(request(path, json), HttpResponse.BodyHandlers.ofString());
    }

    /** Returns as soon as the response's head is there. */
    HttpResponse<InputStream> open(String path, String json) {
        return client.sendAsync(request(path, json), HttpResponse.BodyHandlers.ofInputStream())
                .join();
    }

    CompletableFuture<HttpResponse<InputStream>> openAsync(String path, String json) {
        return client.sendAsync(request(path, json), HttpResponse.BodyHandlers.ofInputStream());
    }

    HttpRequest request(String path, String json) {
        return request(path, json, Map.of());
    }

    HttpRequest request(String path, String json, Map<String, String> headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')));
        headers.forEach(builder::header);
        return builder.build();
    }

    /** Done as soon as the response's head is there. */
    CompletableFuture<HttpResponse<InputStream>> sendAsync(HttpRequest request) {
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
    }

    CompletableFuture<HttpResponse<String>> sendForText(HttpRequest request) {
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void awaitStatus(String path, int status) {
        scheduler.awaitAssert(() -> {
            if (get(path).statusCode() != status) {
                throw new AssertionError(path + " is not " + status);
            }
            return null;
        });
    }

    SchedulerCommand.Admit expectAdmit() {
        return scheduler.expectMessageClass(SchedulerCommand.Admit.class);
    }

    /** Admits the next request and returns it as the worker got it. */
    TestSequence admit() {
        return admit(expectAdmit());
    }

    TestSequence admit(SchedulerCommand.Admit admit) {
        Lease lease = new Lease(admit.request().id(), "worker-1", 1);
        admit.replyTo().tell(new AdmissionReply.Admitted(lease, worker.ref()));
        return new TestSequence(this, worker.expectMessageClass(WorkerCommand.Start.class));
    }

    void refuse(Refusal refusal) {
        SchedulerCommand.Admit admit = expectAdmit();
        admit.replyTo().tell(new AdmissionReply.Refused(admit.request().id(), refusal));
    }

    void expectRelease(String id) {
        var release = scheduler.expectMessageClass(SchedulerCommand.Release.class);
        if (!release.requestId().equals(id)) {
            throw new AssertionError("released " + release.requestId() + " instead of " + id);
        }
    }

    void expectCancel(String id) {
        worker.expectMessage(new WorkerCommand.Cancel(id));
    }

    int openRequests() {
        TestProbe<Integer> count = kit.createTestProbe(Integer.class);
        server.hub().tell(new TokenHub.CountRequests(count.ref()));
        return count.receiveMessage();
    }

    long takeFrameNumber() {
        return nextFrame++;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        reset();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
        client.shutdownNow();
    }

    private static Path resource(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(TestGateway.class.getResource(name)).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
