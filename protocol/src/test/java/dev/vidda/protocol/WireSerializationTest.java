package dev.vidda.protocol;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.DisabledJavaSerializer;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializer;
import akka.serialization.SerializerWithStringManifest;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
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
    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final WireExamples EXAMPLES = new WireExamples(KIT);
    private static final int LONG_PROMPT = 131_072;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @TestFactory
    Stream<DynamicTest> comesBackAsItWasSent() {
        return EXAMPLES.all().stream()
                .map(message -> DynamicTest.dynamicTest(
                        message.getClass().getSimpleName() + " " + Integer.toHexString(message.hashCode()),
                        () -> KIT.serializationTestKit().verifySerialization(message, true)));
    }

    @Test
    void everyMessageOfTheProtocolHasAnExample() {
        Set<Class<?>> shown = EXAMPLES.all().stream().map(Object::getClass).collect(Collectors.toSet());
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
        for (Wire message : EXAMPLES.all()) {
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
        int bytes = bytes(
                        new WorkerCommand.Start(EXAMPLES.generation("long", prompt), EXAMPLES.lease(), EXAMPLES.ref()))
                .length;
        assertThat(bytes).isLessThan(5 * LONG_PROMPT + 2_048);
    }

    @Test
    void whatNoTraceIsRecordedOfTakesNoBytesForIt() {
        var start = new WorkerCommand.Start(EXAMPLES.generation("r", TokenIds.of(1)), EXAMPLES.lease(), EXAMPLES.ref());
        var traced = new WorkerCommand.Start(
                start.request().under(Optional.of(WireExamples.SPAN)), EXAMPLES.lease(), start.gateway());

        assertThat(bytes(traced).length - bytes(start).length)
                .isGreaterThan(WireExamples.SPAN.length())
                .isLessThan(WireExamples.SPAN.length() + 20);
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
