package dev.vidda.node.architecture;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class SourceRulesTest {
    private static final int MOST_LINES = 400;

    /** Files that may be longer, up to so many lines: a grammar is read as one. */
    private static final Map<String, Integer> LONGER = Map.of("ExpressionParser.java", 450);

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() {
        Set<Path> packages = new TreeSet<>();
        Repository.files("src/main/java", ".java").forEach(file -> packages.add(file.getParent()));
        assertThat(packages).isNotEmpty();
        for (Path directory : packages) {
            Path info = directory.resolve("package-info.java");
            assertThat(info).exists();
            assertThat(Repository.read(info))
                    .as("%s", info)
                    .contains("@NullMarked")
                    .contains("/**");
        }
    }

    @Test
    void noFileIsTooLongToReadInOneSitting() {
        List<String> tooLong = Stream.of(
                        Repository.files("src/main/java", ".java"),
                        Repository.files("src/test/java", ".java"),
                        Repository.files("src/main/cuda", ".cu"),
                        Repository.files("src/main/cuda", ".cuh"))
                .flatMap(List::stream)
                .filter(file ->
                        lines(file) > LONGER.getOrDefault(file.getFileName().toString(), MOST_LINES))
                .map(file -> "%s: %d lines".formatted(Repository.root().relativize(file), lines(file)))
                .toList();
        assertThat(tooLong).as("files of more than %d lines", MOST_LINES).isEmpty();
    }

    @Test
    void everyKeyOfTheReferenceConfigurationIsExplained() {
        for (String module : Repository.MODULES) {
            Path reference = Repository.root().resolve(module).resolve("src/main/resources/reference.conf");
            if (Files.exists(reference)) {
                assertThat(unexplained(ConfigFactory.parseFile(reference.toFile())))
                        .as("keys without a comment in %s", reference)
                        .isEmpty();
            }
        }
    }

    @Test
    void aKeyWithoutACommentIsNoticed() {
        String text =
                "vidda.a { # why\n b = 1\n c = 2\n\n # why\n d = 3\n d = ${?NO_SUCH_VARIABLE}\n e { f = [] }\n dispatcher { type = x } }";
        Config config = ConfigFactory.parseString(text, ConfigParseOptions.defaults());
        assertThat(unexplained(config))
                .containsExactlyInAnyOrder("vidda.a.c", "vidda.a.e.f", "vidda.a.dispatcher.type");
    }

    @Test
    void theLoadGeneratorKnowsNothingOfTheServer() {
        Pattern others = Pattern.compile("dev\\.vidda\\.(?!bench)\\w+");
        for (Path source : Repository.files("src/main/java/dev/vidda/bench", ".java")) {
            assertThat(others.matcher(Repository.read(source)).find())
                    .as("%s names a class of the server", source)
                    .isFalse();
        }
        assertThat(Repository.read(Repository.root().resolve("bench/pom.xml")))
                .doesNotContainPattern("<artifactId>vidda-(protocol|scheduler|gpu-worker|gateway|node)</artifactId>");
    }

    /** The paths of all values under {@code vidda} that no comment stands before or beside. */
    private static List<String> unexplained(Config config) {
        List<String> found = new ArrayList<>();
        if (config.root().containsKey("vidda")) {
            Config resolved = config.resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true));
            collect("vidda", resolved.getObject("vidda"), found);
        }
        return found;
    }

    private static void collect(String path, ConfigValue value, List<String> found) {
        boolean explained = !value.origin().comments().isEmpty();
        // What is in a dispatcher are Akka's keys; ours is the dispatcher as a whole.
        if (explained && path.endsWith("dispatcher")) {
            return;
        }
        if (value instanceof ConfigObject object) {
            for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
                collect(path + "." + entry.getKey(), entry.getValue(), found);
            }
        } else if (!explained) {
            found.add(path);
        }
    }

    private static long lines(Path file) {
        return Repository.read(file).lines().count();
    }
}
