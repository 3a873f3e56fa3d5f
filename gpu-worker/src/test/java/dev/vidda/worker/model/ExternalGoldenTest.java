package dev.vidda.worker.model;

import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Larger checkpoints than the repository holds: {@code -Dvidda.goldenDir=DIR}, with a checkpoint in each subdirectory; on the
 * device {@code -Dvidda.goldenDevice}, by default cpu.
 */
@EnabledIfSystemProperty(named = "vidda.goldenDir", matches = ".+")
class ExternalGoldenTest {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalGoldenTest.class);
    private static final String DEVICE = System.getProperty("vidda.goldenDevice", "cpu");

    @TestFactory
    Stream<DynamicTest> checkpointsAgreeWithTheReference() throws IOException {
        List<Path> directories;
        try (Stream<Path> children = Files.list(Path.of(System.getProperty("vidda.goldenDir")))) {
            directories = children.filter(child -> Files.exists(child.resolve("golden.json")))
                    .sorted()
                    .toList();
        }
        assertThat(directories).isNotEmpty();
        return directories.stream()
                .map(directory -> DynamicTest.dynamicTest(directory.toString(), () -> check(directory)));
    }

    private static void check(Path directory) throws IOException {
        Optional<String> unavailable = Devices.all().stream()
                .filter(factory -> factory.name().equals(DEVICE))
                .findFirst()
                .orElseThrow()
                .unavailable();
        assumeTrue(unavailable.isEmpty(), () -> DEVICE + " cannot be used: " + unavailable.orElseThrow());
        Golden.Tolerance tolerance = DEVICE.equals("cpu") ? Golden.Tolerance.EXACT : Golden.Tolerance.ROUNDED;
        DeviceSettings settings = new DeviceSettings(0, Runtime.getRuntime().availableProcessors());
        LOG.info("{} on {}: {}", directory, DEVICE, Golden.check(directory, DEVICE, settings, tolerance));
    }
}
