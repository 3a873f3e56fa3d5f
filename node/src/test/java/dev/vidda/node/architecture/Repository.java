package dev.vidda.node.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The files of the repository that the rules are checked on. */
final class Repository {
    static final List<String> MODULES =
            List.of("protocol", "scheduler", "gpu-worker", "simulator", "gateway", "node", "bench");

    private Repository() {}

    static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("protocol/pom.xml"))) {
            directory = Objects.requireNonNull(directory.getParent(), "the test runs outside the repository");
        }
        return directory;
    }

    /** The files of all modules under {@code folder}, such as {@code src/main/java}, whose names end with {@code end}. */
    static List<Path> files(String folder, String end) {
        return MODULES.stream()
                .map(module -> root().resolve(module).resolve(folder))
                .filter(Files::isDirectory)
                .flatMap(directory -> walk(directory).stream())
                .filter(file -> file.getFileName().toString().endsWith(end))
                .toList();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> walk(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
