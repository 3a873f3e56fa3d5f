package dev.vidda.node.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.node.kubernetes.Manifests.Pods;
import io.fabric8.kubernetes.api.model.ContainerPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The manifests of {@code k8s/examples}, which are applied by hand and need other controllers. */
final class ExamplesTest {
    @Test
    void everyManifestIsStrictlyRight() {
        List<JsonNode> documents = documents();

        assertThat(documents).hasSizeGreaterThan(5);
        for (JsonNode document : documents) {
            Object parsed = KubernetesModel.knows(document)
                    ? KubernetesModel.parse(document)
                    : KubernetesModel.parseCustom(document);
            assertThat(parsed).as(KubernetesModel.kind(document)).isNotNull();
            assertThat(document.at("/metadata/namespace").asText()).isEqualTo("vidda");
        }
    }

    @Test
    void anUnknownFieldIsRefusedInOtherControllersResourcesToo() {
        for (JsonNode document : documents()) {
            if (!KubernetesModel.knows(document)) {
                JsonNode wrong = document.deepCopy();
                ((ObjectNode) wrong.path("spec")).put("replica", 3);

                assertThatThrownBy(() -> KubernetesModel.parseCustom(wrong)).hasMessageContaining("replica");
            }
        }
    }

    @Test
    void whatScalesAndWhatIsPickedExists() {
        assumeTrue(Manifests.canRender(), "kubectl is not installed: it renders the overlays");
        List<Pods> pods = Manifests.of("multi-gpu").pods();
        for (JsonNode document : documents()) {
            if (document.path("kind").asText().equals("ScaledObject")) {
                String target = document.at("/spec/scaleTargetRef/name").asText();
                assertThat(pods).extracting(Pods::owner).contains(target);
            } else if (document.path("kind").asText().equals("InferencePool")) {
                CustomResources.InferencePool pool =
                        (CustomResources.InferencePool) KubernetesModel.parseCustom(document);
                Pods picked = pods.stream()
                        .filter(each -> each.metadata()
                                .getLabels()
                                .entrySet()
                                .containsAll(
                                        pool.spec().selector().matchLabels().entrySet()))
                        .findFirst()
                        .orElseThrow();
                assertThat(ManifestsTest.container(picked).getPorts())
                        .extracting(ContainerPort::getContainerPort)
                        .contains(pool.spec().targetPorts().getFirst().number());
            }
        }
    }

    private static List<JsonNode> documents() {
        try (Stream<Path> examples = Files.list(Manifests.ROOT.resolve("k8s/examples"))) {
            return examples.sorted()
                    .flatMap(file -> Manifests.parse(read(file)).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
