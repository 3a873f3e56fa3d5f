package dev.vidda.node.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.vidda.node.NodeSettings;
import dev.vidda.node.config.Configuration;
import dev.vidda.node.config.ConfigurationCheck;
import dev.vidda.node.config.KnownKeys;
import dev.vidda.node.kubernetes.Manifests.Pods;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What the manifests name must exist in the code. */
final class ManifestsAndCodeTest {
    private static final String IN_THE_IMAGE = "/opt/vidda/";
    private static final KnownKeys KNOWN =
            Configuration.load(Optional.empty(), Map.of()).knownKeys();

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsKubectl() {
        assumeTrue(Manifests.canRender(), "kubectl is not installed: it renders the overlays");
    }

    static Stream<String> overlays() {
        return Manifests.OVERLAYS.stream();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyVariableIsReadBySomeKey(String overlay) {
        Set<String> known = KNOWN.leaves().stream()
                .flatMap(key -> KNOWN.variable(key).stream())
                .collect(Collectors.toSet());
        for (Pods pods : Manifests.of(overlay).pods()) {
            assertThat(ManifestsTest.container(pods).getEnv())
                    .extracting(EnvVar::getName)
                    .filteredOn(name -> name.startsWith("VIDDA_"))
                    .as(pods.owner())
                    .isSubsetOf(known);
        }
    }

    /** With the files of the image from here, and the environment of the pod. */
    @ParameterizedTest
    @MethodSource("overlays")
    void theConfigurationOfEveryPodIsWithoutMistakeAndFitsItsPorts(String overlay) throws IOException {
        Manifests manifests = Manifests.of(overlay);
        ConfigMap files = manifests.all(ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getName().startsWith("vidda-config"))
                .findFirst()
                .orElseThrow();
        for (Pods pods : manifests.pods()) {
            Container container = ManifestsTest.container(pods);
            String name = Path.of(container.getArgs().getLast()).getFileName().toString();
            assertThat(container.getArgs()).containsExactly("serve", "--config", "/etc/vidda/" + name);
            String text = Objects.requireNonNull(files.getData().get(name), name)
                    .replace(IN_THE_IMAGE, Manifests.ROOT.toAbsolutePath() + "/");
            Path file = Files.writeString(folder.resolve(overlay + name), text);

            Configuration configuration = Configuration.load(Optional.of(file), environment(container));

            assertThat(ConfigurationCheck.problems(
                            configuration,
                            config -> assertThat(NodeSettings.from(config, Manifests.ROOT))
                                    .isNotNull()))
                    .as(pods.owner())
                    .isEmpty();
            assertPorts(container, NodeSettings.from(configuration.effective(), Manifests.ROOT), pods);
        }
    }

    @Test
    void theDashboardAndTheAlertsAreThoseOfConf() throws IOException {
        Manifests manifests = Manifests.of("multi-gpu");
        JsonNode dashboard = new ObjectMapper()
                .readTree(Manifests.ROOT.resolve("conf/grafana/vidda.json").toFile());
        assertThat(manifests.all(ConfigMap.class))
                .filteredOn(map -> map.getMetadata().getName().equals("vidda-dashboard"))
                .singleElement()
                .satisfies(map -> assertThat(
                                new ObjectMapper().readTree(map.getData().get("vidda.json")))
                        .isEqualTo(dashboard));

        JsonNode rules = Manifests.parse(Files.readString(Manifests.ROOT.resolve("conf/alerts/vidda.yaml")))
                .getFirst();
        JsonNode applied = manifests.documents().stream()
                .filter(document -> document.path("kind").asText().equals("PrometheusRule"))
                .findFirst()
                .orElseThrow();
        assertThat(applied.at("/spec")).isEqualTo(rules);
        assertThat(manifests.all(PrometheusRule.class)).hasSize(1);
    }

    private static void assertPorts(Container container, NodeSettings settings, Pods pods) {
        Map<String, Integer> ports = container.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
        assertThat(settings.cluster().address().port()).as(pods.owner()).isEqualTo(ports.get("artery"));
        assertThat(settings.bootstrap().kubernetes()).isTrue();
        assertThat(settings.bootstrap().managementPort()).as(pods.owner()).isEqualTo(ports.get("management"));
        assertThat(pods.metadata().getLabels())
                .containsEntry("app.kubernetes.io/name", settings.bootstrap().service());
        if (ports.containsKey("http")) {
            assertThat(settings.gateway().port()).isEqualTo(ports.get("http"));
            assertThat(pods.spec().getTerminationGracePeriodSeconds())
                    .isGreaterThan(settings.gateway().shutdownTimeout().toSeconds() + 15);
        }
    }

    /** As keys: the test's own environment must not matter. */
    private static Map<String, Object> environment(Container container) {
        Map<String, Object> values = new HashMap<>();
        for (EnvVar variable : container.getEnv()) {
            String value = variable.getValue();
            if (value != null) {
                values.put(variable.getName(), value.replace("$(POD_IP)", "10.1.2.3"));
            }
        }
        Config environment = ConfigFactory.parseMap(values);
        Map<String, Object> settings = new HashMap<>();
        for (String key : KNOWN.leaves()) {
            KNOWN.variable(key)
                    .filter(environment::hasPath)
                    .ifPresent(name -> settings.put(key, environment.getString(name)));
        }
        return settings;
    }
}
