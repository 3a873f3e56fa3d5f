package dev.vidda.protocol;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.serialization.DisabledJavaSerializer;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializer;
import akka.serialization.SerializerWithStringManifest;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.protocol.kv.KvShape;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Every message that may cross nodes survives the way over the wire, and in no more bytes than it should take. */
final class WireSerializationTest {
    static final ActorTestKit KIT = ActorTestKit.create();
    private static final int LONG_PROMPT = 131_072;
    private static final String SPAN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @TestFactory
    Stream<DynamicTest> comesBackAsItWasSent() {
        return examples().stream()
                .map(message -> DynamicTest.dynamicTest(
                        message.getClass().getSimpleName() + " " + Integer.toHexString(message.hashCode()),
                        () -> KIT.serializationTestKit().verifySerialization(message, true)));
    }

    @Test
    void everyMessageOfTheProtocolHasAnExample() {
        Set<Class<?>> shown = examples().stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(wireRecords()).isNotEmpty().isEqualTo(shown);
    }

    @Test
    void everyMessageIsARecordWithoutArrays() {
        for (Class<?> message : wireRecords()) {
            assertThat(message.isRecord()).as("%s is a record", message).isTrue();
            for (RecordComponent component : message.getRecordComponents()) {
                assertThat(component.getType().isArray())
                        .as("%s is an array", component)
                        .isFalse();
            }
        }
    }

    @Test
    void everyMessageIsWrittenAsJacksonCbor() {
        Serialization serialization = SerializationExtension.get(KIT.system());
        for (Wire message : examples()) {
            Serializer serializer = serialization.findSerializerFor(message);
            assertThat(serializer.getClass().getSimpleName())
                    .as(message.getClass().getName())
                    .isEqualTo("JacksonCborSerializer");
        }
    }

    @Test
    void javaSerializationIsOff() {
        record NotOfTheProtocol(String text) implements Serializable {}
        assertThat(KIT.system().settings().config().getBoolean("akka.actor.allow-java-serialization"))
                .isFalse();
        Serializer serializer =
                SerializationExtension.get(KIT.system()).findSerializerFor(new NotOfTheProtocol("anything"));
        assertThat(serializer).isInstanceOf(DisabledJavaSerializer.class);
        assertThatExceptionOfType(DisabledJavaSerializer.JavaSerializationException.class)
                .isThrownBy(() -> serializer.toBinary(new NotOfTheProtocol("anything")));
    }

    @Test
    void aLongPromptTakesAtMostFiveBytesAToken() {
        TokenIds prompt = TokenIds.of(IntStream.range(0, LONG_PROMPT)
                .map(i -> (i * 48_271) % 151_936 & 0x3ffff)
                .toArray());
        int bytes = bytes(new WorkerCommand.Start(generation("long", prompt), lease(), frames())).length;
        assertThat(bytes).isLessThan(5 * LONG_PROMPT + 2_048);
    }

    @Test
    void whatNoTraceIsRecordedOfTakesNoBytesForIt() {
        var start = new WorkerCommand.Start(generation("r", TokenIds.of(1)), lease(), frames());
        var traced = new WorkerCommand.Start(start.request().under(Optional.of(SPAN)), lease(), start.gateway());

        assertThat(bytes(traced).length - bytes(start).length)
                .isGreaterThan(SPAN.length())
                .isLessThan(SPAN.length() + 20);
        assertThat(new String(bytes(start), StandardCharsets.ISO_8859_1)).doesNotContain("trace");
    }

    @Test
    void aStepOf256SequencesFitsIntoAFrameOfArtery() {
        List<TokenDelta> deltas = IntStream.range(0, 256)
                .mapToObj(i -> new TokenDelta(
                        "chatcmpl-0123456789abcdef0123456789abcdef",
                        0,
                        100_000 + i,
                        TokenIds.of(151_000),
                        List.of(),
                        Optional.empty()))
                .toList();
        assertThat(bytes(new TokenFrame("worker-1", 1_000_000, deltas)).length).isLessThan(256 * 1024 / 4);
    }

    private static byte[] bytes(Wire message) {
        Serialization serialization = SerializationExtension.get(KIT.system());
        byte[] bytes = serialization.serialize(message).get();
        Serializer serializer = serialization.findSerializerFor(message);
        String manifest = ((SerializerWithStringManifest) serializer).manifest(message);
        assertThat(serialization
                        .deserialize(bytes, serializer.identifier(), manifest)
                        .get())
                .isEqualTo(message);
        return bytes;
    }

    static List<Wire> examples() {
        List<Wire> all = new ArrayList<>();
        all.addAll(schedulerCommands());
        all.addAll(admissionReplies());
        all.addAll(workerCommands());
        all.addAll(tokenFrames());
        all.add(new QuotaUse(
                KIT.<QuotaUse>createTestProbe().getRef(), List.of(new QuotaUse.Use("tenant:a", 3, 1L << 40, 2))));
        all.add(new WorkerHostCommand.Load("m", 5_000, hosts()));
        all.add(new WorkerHostCommand.Unload(0, hosts()));
        all.add(new WorkerHostCommand.Describe(hosts()));
        all.add(new WorkerHostReply(
                "w1",
                WorkerHostReply.Outcome.REFUSED,
                WorkerHostReply.State.LOADING,
                "m",
                1L << 33,
                1L << 34,
                "no: \u221e",
                List.of("m", "n")));
        all.add(new SchedulerAlive(schedulers(), 7));
        all.add(new WorkerOrderReply("w1", true));
        all.add(new ModelList(List.of()));
        all.add(new ModelList(List.of(card())));
        all.add(new Capacity(
                List.of(new Capacity.WorkerCapacity(card(), report(), 125, 100, 250, 7, 32_768)),
                List.of(new Capacity.ModelQueue(
                        "m", 3, 400, 1_500, List.of(new Capacity.TenantShare("t", 0.5, 3, 1L << 40)))),
                new AdmissionCounts(1, 2, Map.of(Refusal.Reason.TOO_LATE, 3L), 4, 5, 6, 7, 8, 9)));
        Refusal full = new Refusal(Refusal.Reason.QUEUE_FULL, "full", 1_000, 10, 9, 145);
        all.add(new FitAnswer(3, 1L << 33, 12, 250, -1, 300, 41.5, Optional.of(full)));
        all.add(new FitAnswer(3, 1L << 33, 12, 0, 0, 300, 41.5, Optional.empty()));
        all.add(limits());
        return all;
    }

    private static List<Wire> schedulerCommands() {
        AdmissionRequest request = new AdmissionRequest(
                "r1",
                "Qwen/Qwen3-4B",
                17,
                64,
                2,
                new Tenant("tenant é", 2.5, 4_096),
                ServiceClass.BATCH,
                true,
                new Patience(1_795_000_000_000L, 30_000, 1_000, 50),
                List.of("w7"),
                hashes());
        AdmissionRequest bare = AdmissionRequest.standard("r2", "m", 1, 1, List.of());
        return List.of(
                new SchedulerCommand.Admit(request, replies()),
                new SchedulerCommand.Admit(bare, replies()),
                new SchedulerCommand.Admit(bare.under(Optional.of(SPAN)), replies()),
                new SchedulerCommand.Release("r1", -1),
                new SchedulerCommand.PrefixesChanged(new PrefixChanges("w1", 3, hashes(), hashes())),
                new SchedulerCommand.AskCapacity(KIT.<Capacity>createTestProbe().getRef()),
                new SchedulerCommand.RegisterWorker(card(), List.of(lease()), workers()),
                new SchedulerCommand.Report(report()),
                new SchedulerCommand.Report(WorkerReport.idle("w1")),
                new SchedulerCommand.Ping(
                        7, KIT.<SchedulerAlive>createTestProbe().getRef()),
                new SchedulerCommand.DrainWorker("w1", 5_000, orders()),
                new SchedulerCommand.ResumeWorker("w1", orders()),
                new SchedulerCommand.FlushWorker("w1", orders()),
                new SchedulerCommand.ListModels(models()),
                new SchedulerCommand.AskFit(
                        new FitQuestion("m", 17, 64, 5, Tenant.ANYONE, ServiceClass.INTERACTIVE, true, 300, 40),
                        KIT.<FitAnswer>createTestProbe().getRef()),
                new SchedulerCommand.ChangeLimits(
                        limits(), KIT.<SchedulerLimits>createTestProbe().getRef()),
                new SchedulerCommand.AskLimits(
                        KIT.<SchedulerLimits>createTestProbe().getRef()));
    }

    private static ActorRef<WorkerHostReply> hosts() {
        return KIT.<WorkerHostReply>createTestProbe().getRef();
    }

    private static SchedulerLimits limits() {
        return new SchedulerLimits(1_024, 16, 60_000, 0.9, 8, 500, 50, Map.of("m", 8_192));
    }

    private static List<Wire> admissionReplies() {
        List<Wire> all = new ArrayList<>();
        all.add(new AdmissionReply.Admitted(lease(), workers()));
        all.add(new AdmissionReply.Queued("r1", 0, 1_500));
        all.add(new AdmissionReply.AskAgain());
        for (Refusal.Reason reason : Refusal.Reason.values()) {
            all.add(new AdmissionReply.Refused("r1", new Refusal(reason, "why: ∞", -1, 10, 9, 145)));
        }
        return all;
    }

    private static List<Wire> workerCommands() {
        Sampling everything = new Sampling(
                0.7f,
                20,
                0.95f,
                0.01f,
                1.1f,
                -0.5f,
                0.25f,
                Map.of(7, -100f, 151_000, 2.5f),
                Long.MIN_VALUE,
                List.of(151_645, 151_643),
                3,
                4_096,
                20);
        GenerationRequest sampled = new GenerationRequest("r2", TokenIds.of(0, -1, 23, 24, 65_536), 4, everything, "");
        return List.of(
                new WorkerCommand.Start(generation("r1", TokenIds.of(5)), lease(), frames()),
                new WorkerCommand.Start(sampled, lease(), frames()),
                new WorkerCommand.Start(sampled.under(Optional.of(SPAN)), lease(), frames()),
                new WorkerCommand.Start(continued(), lease(), frames()),
                new WorkerCommand.Drain(5_000),
                new WorkerCommand.Resume(),
                new WorkerCommand.FlushPrefixCache(),
                new WorkerCommand.SendPrefixes(schedulers()),
                new WorkerCommand.Cancel("r1"));
    }

    private static List<Wire> tokenFrames() {
        List<Wire> all = new ArrayList<>();
        all.add(new TokenFrame("w1", 0, List.of()));
        TokenLogprobs logprobs =
                new TokenLogprobs(-0.125f, TokenIds.of(9, 8), List.of(-0.125f, Float.NEGATIVE_INFINITY));
        TokenLogprobs chosenOnly = new TokenLogprobs(-3f, TokenIds.EMPTY, List.of());
        TokenDelta running =
                new TokenDelta("r1", 1, 5, TokenIds.of(9, 8), List.of(logprobs, chosenOnly), Optional.empty());
        for (FinishReason reason : FinishReason.values()) {
            Finish finish = new Finish(reason, 151_645, 16, 2, "device lost");
            TokenDelta last = new TokenDelta("r2", 0, 9, TokenIds.EMPTY, List.of(), Optional.of(finish));
            all.add(new TokenFrame("w1", Long.MAX_VALUE, List.of(running, last)));
        }
        return all;
    }

    private static GenerationRequest generation(String id, TokenIds prompt) {
        return new GenerationRequest(id, prompt, 1, Sampling.greedy(16, List.of()), "salt");
    }

    private static GenerationRequest continued() {
        var sample = new GenerationRequest.Continuation(1, TokenIds.of(7, 8));
        return new GenerationRequest(
                "r3",
                TokenIds.of(1),
                2,
                Sampling.greedy(16, List.of()),
                "",
                List.of(sample),
                Optional.of(new Constraint("root ::= 'a'", List.of(2, 0))));
    }

    private static List<BlockHash> hashes() {
        return BlockHash.chain("m", "s", TokenIds.of(1, 2, 3, 4), 2);
    }

    private static WorkerReport report() {
        return new WorkerReport(
                "w1",
                Long.MAX_VALUE,
                WorkerState.DRAINING,
                new BlockCounts(1, 2, 3),
                new SequenceCounts(4, 5, 6, 7),
                new TokenCounts(7, 8, 9),
                List.of(new StepSample(512, 131_328, 8, 1_000_000, 9_500)),
                new LeaseChanges(List.of(lease()), List.of("r0")),
                Optional.of(new DeviceHealth(41, 350.5, 1_980, 97, 1L << 36, 1L << 37, true)));
    }

    private static Lease lease() {
        return new Lease("r1", "w1", 12, true);
    }

    private static WorkerCard card() {
        return new WorkerCard(
                "w1",
                "Qwen/Qwen3-4B",
                "cpu, 2 cores",
                32_768,
                KvShape.latent(61, 512, 64, 2),
                4_096,
                256,
                new MemoryUse(141L << 30, 1L << 29, 8L << 30, 1L << 30, 100L << 30),
                "0.1.0",
                1_795_000_000L);
    }

    private static ActorRef<AdmissionReply> replies() {
        return KIT.<AdmissionReply>createTestProbe().getRef();
    }

    private static ActorRef<WorkerCommand> workers() {
        return KIT.<WorkerCommand>createTestProbe().getRef();
    }

    private static ActorRef<TokenFrame> frames() {
        return KIT.<TokenFrame>createTestProbe().getRef();
    }

    private static ActorRef<SchedulerCommand> schedulers() {
        return KIT.<SchedulerCommand>createTestProbe().getRef();
    }

    private static ActorRef<WorkerOrderReply> orders() {
        return KIT.<WorkerOrderReply>createTestProbe().getRef();
    }

    private static ActorRef<ModelList> models() {
        return KIT.<ModelList>createTestProbe().getRef();
    }

    /** The concrete implementations of {@link Wire} in the protocol module, found among its class files. */
    private static Set<Class<?>> wireRecords() {
        Set<Class<?>> found = classes().stream()
                .filter(type -> Wire.class.isAssignableFrom(type))
                .filter(type -> !Modifier.isAbstract(type.getModifiers()))
                .collect(Collectors.toSet());
        assertThat(found).containsAll(permitted(SchedulerCommand.class)).containsAll(permitted(WorkerCommand.class));
        return found;
    }

    private static List<Class<?>> permitted(Class<?> sealedType) {
        return List.of(sealedType.getPermittedSubclasses());
    }

    private static Collection<Class<?>> classes() {
        try {
            Path root = Path.of(Wire.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            try (Stream<Path> files = Files.walk(root)) {
                return files.map(root::relativize)
                        .map(Path::toString)
                        .filter(name -> name.endsWith(".class") && !name.contains("package-info"))
                        .<Class<?>>map(WireSerializationTest::load)
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> load(String file) {
        String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
        try {
            return Class.forName(name, false, Wire.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
