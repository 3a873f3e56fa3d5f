package dev.vidda.worker.device.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class FatbinTest {
    private static final int MOST_BYTES = 8 << 20;
    private static final Path SOURCES = Path.of(System.getProperty("vidda.root", ".."), "gpu-worker/src/main/cuda");

    @ParameterizedTest
    @CsvSource({"vidda, ''", "probe, probe"})
    void committedKernelsWereBuiltFromTheCommittedSources(String name, String folder)
            throws IOException, NoSuchAlgorithmException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.list(SOURCES.resolve(folder))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                sources.put(file.getFileName().toString(), HexFormat.of().formatHex(hash));
            }
        }
        Map<String, String> manifest = new String(resource("/cuda/" + name + ".manifest"), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" +"))
                .collect(Collectors.toMap(words -> words[1], words -> words[0]));

        assertThat(manifest)
                .as("tools/cuda/build.sh was not run after a kernel changed")
                .containsExactlyInAnyOrderEntriesOf(sources);
    }

    @Test
    void kernelsStaySmallEnoughToTravelInTheJar() throws IOException {
        assertThat(resource(Kernels.FATBIN)).hasSizeBetween(1000, MOST_BYTES);
        assertThat(resource(CudaCeilings.FATBIN)).hasSizeBetween(1000, MOST_BYTES);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = FatbinTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }
}
