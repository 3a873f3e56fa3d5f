package dev.vidda.worker.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** Larger checkpoints than the repository holds: {@code -Dvidda.goldenDir=DIR}, with a checkpoint in each subdirectory. */
@EnabledIfSystemProperty(named = "vidda.goldenDir", matches = ".+")
class ExternalGoldenTest {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalGoldenTest.class);

    @Test
    void allCheckpointsAgreeWithTheReference() throws IOException {
        List<Path> directories;
        try (Stream<Path> children = Files.list(Path.of(System.getProperty("vidda.goldenDir")))) {
            directories = children.filter(child -> Files.exists(child.resolve("golden.json")))
                    .sorted()
                    .toList();
        }
        assertThat(directories).isNotEmpty();
        for (Path directory : directories) {
            double worst = Golden.check(directory, 2);
            LOG.info("{}: largest relative error of a logit {}", directory, worst);
        }
    }
}
