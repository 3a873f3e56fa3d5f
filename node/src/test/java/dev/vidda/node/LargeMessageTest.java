package dev.vidda.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.kv.BlockHash;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The longest prompts reach a worker, and their hashes a scheduler, on another node: over TCP, as in a cluster. */
final class LargeMessageTest {
    private static final int PROMPT = 262_144;
    private static final int PATIENCE_SECONDS = 60;

    private static final CompletableFuture<WorkerCommand> AT_WORKER = new CompletableFuture<>();
    private static final CompletableFuture<SchedulerCommand> AT_SCHEDULER = new CompletableFuture<>();
    private static final CompletableFuture<ActorRef<WorkerCommand>> WORKER = new CompletableFuture<>();
    private static final CompletableFuture<ActorRef<SchedulerCommand>> SCHEDULER = new CompletableFuture<>();

    private static final ActorSystem<Void> THERE = ActorSystem.create(far(), ClusterSettings.SYSTEM, config());
    private static final ActorSystem<Void> HERE =
            ActorSystem.create(Behaviors.empty(), ClusterSettings.SYSTEM, config());

    @AfterAll
    static void stop() {
        HERE.terminate();
        THERE.terminate();
    }

    @Test
    void aPromptOf256KiTokensReachesAWorkerElsewhere() throws Exception {
        TokenIds prompt = TokenIds.of(
                IntStream.range(0, PROMPT).map(i -> (i * 48_271) & 0x1ffff).toArray());
        GenerationRequest request = new GenerationRequest("r", prompt, 1, Sampling.greedy(16, List.of()), "");
        ActorRef<TokenFrame> gateway = HERE.systemActorOf(Behaviors.<TokenFrame>ignore(), "frames", Props.empty());

        remote(WORKER).tell(new WorkerCommand.Start(request, new Lease("r", "w", 1), gateway));

        WorkerCommand.Start arrived = (WorkerCommand.Start) AT_WORKER.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(arrived.request()).isEqualTo(request);
    }

    @Test
    void theHashesOfSuchAPromptReachASchedulerElsewhere() throws Exception {
        List<BlockHash> hashes = IntStream.range(0, PROMPT / 16)
                .mapToObj(i -> new BlockHash(Long.MAX_VALUE - i, Long.MIN_VALUE + i))
                .toList();
        AdmissionRequest request = AdmissionRequest.standard("r", "m", PROMPT, 16, hashes);
        ActorRef<AdmissionReply> hub = HERE.systemActorOf(Behaviors.<AdmissionReply>ignore(), "replies", Props.empty());

        remote(SCHEDULER).tell(new SchedulerCommand.Admit(request, hub));

        SchedulerCommand.Admit arrived = (SchedulerCommand.Admit) AT_SCHEDULER.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(arrived.request()).isEqualTo(request);
    }

    /** The reference as this node would have received it. */
    private static <T> ActorRef<T> remote(CompletableFuture<ActorRef<T>> there) throws Exception {
        String address =
                ActorRefResolver.get(THERE).toSerializationFormat(there.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        return ActorRefResolver.get(HERE).resolveActorRef(address);
    }

    /** Has its actors where a node has them. */
    private static Behavior<Void> far() {
        return Behaviors.setup(context -> {
            context.spawn(
                    Behaviors.<String>setup(host -> {
                        host.spawn(worker(), "worker");
                        return Behaviors.<String>ignore();
                    }),
                    "worker-0");
            SCHEDULER.complete(context.spawn(
                    Behaviors.<SchedulerCommand>receiveMessage(command -> {
                        AT_SCHEDULER.complete(command);
                        return Behaviors.same();
                    }),
                    "scheduler"));
            return Behaviors.empty();
        });
    }

    private static Behavior<String> worker() {
        return Behaviors.setup(worker -> {
            WORKER.complete(worker.messageAdapter(WorkerCommand.class, command -> {
                AT_WORKER.complete(command);
                return "arrived";
            }));
            return Behaviors.<String>ignore();
        });
    }

    private static Config config() {
        Config all = ConfigFactory.load(ConfigFactory.parseMap(
                        Map.of("vidda.node.cluster.enabled", true, "vidda.node.cluster.address", "127.0.0.1:0"))
                .withFallback(ConfigFactory.defaultApplication()));
        return ClusterSettings.from(all).akka(all, List.of());
    }
}
