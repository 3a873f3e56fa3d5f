package dev.vidda.protocol;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nodes of two releases in a row talk to each other during a rolling upgrade: what the last one wrote can be read, and what
 * the next one may add is left out.
 *
 * <p>To record a release: run {@link #record} with {@code -Dvidda.wire.record=FILE}.
 */
final class RecordedWireTest {
    private static final String RECORDED = "/wire/0.1.0.txt";
    /** Of what is recorded: a prompt of thousands of tokens shows no more than a short one. */
    private static final int LONGEST = 4096;

    private static final CBORMapper CBOR = new CBORMapper();
    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    /** A message as the last release wrote it: its class, and its bytes. */
    private record Line(String manifest, byte[] bytes) {
        static Line parse(String line) {
            String[] parts = line.split(" ", 2);
            return new Line(parts[0], Base64.getDecoder().decode(parts[1]));
        }
    }

    @TestFactory
    Stream<DynamicTest> whatTheLastReleaseWroteIsRead() {
        List<Line> lines = recorded();
        assertThat(lines).hasSizeGreaterThan(10);
        return lines.stream()
                .map(line -> DynamicTest.dynamicTest(line.manifest(), () -> {
                    Object message = read(line.manifest(), line.bytes());

                    JsonNode before = CBOR.readTree(line.bytes());
                    JsonNode after = CBOR.readTree(write(message));
                    before.properties()
                            .forEach(field -> assertThat(after.get(field.getKey()))
                                    .as("%s.%s", line.manifest(), field.getKey())
                                    .isNotNull());
                }));
    }

    @TestFactory
    Stream<DynamicTest> whatTheNextReleaseAddsIsLeftOut() {
        return recorded().stream()
                .map(line -> DynamicTest.dynamicTest(line.manifest(), () -> {
                    ObjectNode tree = (ObjectNode) CBOR.readTree(line.bytes());
                    tree.put("fieldOfTheNextRelease", 1);

                    assertThat(read(line.manifest(), CBOR.writeValueAsBytes(tree)))
                            .isEqualTo(read(line.manifest(), line.bytes()));
                }));
    }

    @Test
    @EnabledIfSystemProperty(named = "vidda.wire.record", matches = ".+")
    void record() throws IOException {
        Map<String, byte[]> oneOfEach = new TreeMap<>();
        for (Wire message : new WireExamples(KIT).all()) {
            byte[] bytes = write(message);
            if (bytes.length < LONGEST) {
                oneOfEach.putIfAbsent(message.getClass().getName(), bytes);
            }
        }
        String text = oneOfEach.entrySet().stream()
                .map(entry -> entry.getKey() + " " + Base64.getEncoder().encodeToString(entry.getValue()))
                .collect(Collectors.joining("\n", "", "\n"));
        Path file = Path.of(System.getProperty("vidda.wire.record"));
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text);
    }

    private static List<Line> recorded() {
        try (var in = Objects.requireNonNull(RecordedWireTest.class.getResourceAsStream(RECORDED))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(Line::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] write(Object message) {
        return serialization().serialize(message).get();
    }

    private static Object read(String manifest, byte[] bytes) throws Exception {
        int serializer = serialization().serializerFor(Class.forName(manifest)).identifier();
        return serialization().deserialize(bytes, serializer, manifest).get();
    }

    private static Serialization serialization() {
        return SerializationExtension.get(KIT.system());
    }
}
