package dev.vidda.node.config;

import dev.vidda.node.NodeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The files of {@code conf/} that a node can be started with. */
final class ConfFilesTest {
    private static final Path ROOT = Path.of(System.getProperty("vidda.root", ".."));
    /** Not for {@code --config}: keys of clients. */
    private static final String KEYS = "keys.conf";

    /** What a user sets in the environment for files that ask for it. */
    private static final Map<String, Object> ENVIRONMENT =
            Map.of("VIDDA_NODE", "2", "VIDDA_CLUSTER_ADDRESS", "127.0.0.1:2551");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("conf"))) {
            return files.filter(file -> file.toString().endsWith(".conf") && !file.endsWith(KEYS))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void thereIsOneForEachRoleAndUse() throws IOException {
        assertThat(files().stream()
                        .map(file -> ROOT.resolve("conf").relativize(file).toString()))
                .contains("gateway.conf", "scheduler.conf", "worker.conf", "single-node.conf", "three-node.conf")
                .contains("production.conf", "kubernetes.conf")
                .contains("models/demo.conf", "models/qwen3-4b.conf", "models/llama3-8b.conf");
    }

    @ParameterizedTest
    @MethodSource("files")
    void itHasOnlyKeysAndValuesThatExist(Path file) {
        Configuration configuration = Configuration.load(Optional.of(file), ENVIRONMENT);

        assertThat(ConfigurationCheck.problems(
                        configuration,
                        config -> assertThat(NodeSettings.from(config, ROOT)).isNotNull()))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileAndEnvironmentVariableInItExists(Path file) throws IOException {
        String text = Files.readString(file);
        Map<String, Boolean> known = new HashMap<>();
        KnownKeys keys = Configuration.load(Optional.empty(), Map.of()).knownKeys();
        keys.leaves().forEach(key -> keys.variable(key).ifPresent(name -> known.put(name, true)));

        Pattern.compile("\\$\\{\\??(VIDDA_\\w+)}")
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .filter(name -> !name.equals("VIDDA_NODE"))
                .forEach(name -> assertThat(known).as("%s in %s", name, file).containsKey(name));
    }

    @Test
    void theThreeNodesHaveAddressesOfTheirOwn() {
        for (String node : new String[] {"1", "2", "3"}) {
            Configuration configuration =
                    Configuration.load(Optional.of(ROOT.resolve("conf/three-node.conf")), Map.of("VIDDA_NODE", node));

            NodeSettings settings = NodeSettings.from(configuration.effective(), ROOT);
            assertThat(settings.cluster().address()).hasToString("127.0.0.1:255" + node);
            assertThat(settings.cluster().seeds()).hasSize(2);
        }
    }

    @Test
    void productionNeedsCertificatesAndKeysOfNodesAndClients() {
        Configuration configuration =
                Configuration.load(Optional.of(ROOT.resolve("conf/production.conf")), ENVIRONMENT);

        NodeSettings settings = NodeSettings.from(configuration.effective(), ROOT);
        assertThat(settings.cluster().tls()).isPresent();
        assertThat(settings.gateway().security().tls()).isPresent();
        assertThat(settings.gateway().security().keysFile()).isPresent();
    }
}
