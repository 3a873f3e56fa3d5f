package dev.vidda.node.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.node.kubernetes.Manifests.Pods;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What holds for the manifests of every overlay by themselves. */
final class ManifestsTest {
    /** What its user makes before the first {@code kubectl apply}, see docs/kubernetes.md. */
    private static final Set<String> MADE_BY_THE_USER = Set.of("vidda-api-keys", "vidda-node-tls", "vidda-gateway-tls");

    @BeforeAll
    static void needsKubectl() {
        assumeTrue(Manifests.canRender(), "kubectl is not installed: it renders the overlays");
    }

    static Stream<String> overlays() {
        return Manifests.OVERLAYS.stream();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyManifestIsWhatKubernetesExpects(String overlay) {
        List<HasMetadata> objects = Manifests.of(overlay).objects();

        assertThat(objects).hasSizeGreaterThan(10);
        assertThat(objects).allMatch(object -> object.getMetadata().getName() != null);
    }

    @Test
    void anUnknownFieldIsRefused() {
        for (String path : List.of("/spec", "/spec/template/spec", "/spec/template/spec/containers/0")) {
            JsonNode deployment = Manifests.of("local-cpu").documents().stream()
                    .filter(document -> document.path("kind").asText().equals("Deployment"))
                    .findFirst()
                    .orElseThrow()
                    .deepCopy();
            ((ObjectNode) deployment.at(path)).put("replica", 3);

            assertThatThrownBy(() -> KubernetesModel.parse(deployment)).as(path).hasMessageContaining("replica");
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everySelectorFindsPods(String overlay) {
        Manifests manifests = Manifests.of(overlay);
        List<Map<String, String>> selectors = new ArrayList<>();
        manifests
                .all(Service.class)
                .forEach(service -> selectors.add(service.getSpec().getSelector()));
        manifests
                .all(PodDisruptionBudget.class)
                .forEach(budget -> selectors.add(budget.getSpec().getSelector().getMatchLabels()));
        manifests
                .all(NetworkPolicy.class)
                .forEach(policy ->
                        selectors.add(policy.getSpec().getPodSelector().getMatchLabels()));
        for (Pods pods : manifests.pods()) {
            for (TopologySpreadConstraint spread : pods.spec().getTopologySpreadConstraints()) {
                assertThat(pods.metadata().getLabels())
                        .containsAllEntriesOf(spread.getLabelSelector().getMatchLabels());
            }
        }

        assertThat(selectors)
                .hasSizeGreaterThanOrEqualTo(8)
                .allSatisfy(selector -> assertThat(manifests.pods())
                        .as("%s", selector)
                        .anyMatch(pods -> pods.metadata().getLabels().entrySet().containsAll(selector.entrySet())));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyNamedPortExists(String overlay) {
        Manifests manifests = Manifests.of(overlay);
        for (Pods pods : manifests.pods()) {
            Container container = container(pods);
            for (Probe probe : probes(container)) {
                assertThat(ports(container))
                        .contains(probe.getHttpGet().getPort().getStrVal());
            }
        }
        for (Service service : manifests.all(Service.class)) {
            Container container = container(pods(manifests, service.getSpec().getSelector()));
            service.getSpec()
                    .getPorts()
                    .forEach(port -> assertThat(ports(container))
                            .contains(port.getTargetPort().getStrVal()));
        }
        for (NetworkPolicy policy : manifests.all(NetworkPolicy.class)) {
            Set<String> allPorts = new TreeSet<>();
            manifests.pods().forEach(pods -> allPorts.addAll(ports(container(pods))));
            for (NetworkPolicyIngressRule rule : policy.getSpec().getIngress()) {
                rule.getPorts().forEach(port -> assertThat(allPorts).contains(name(port.getPort())));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyContainerRunsWithTheFewestRights(String overlay) {
        for (Pods pods : Manifests.of(overlay).pods()) {
            assertThat(pods.spec().getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pods.spec().getSecurityContext().getRunAsUser()).isPositive();
            assertThat(pods.spec().getSecurityContext().getSeccompProfile().getType())
                    .isEqualTo("RuntimeDefault");
            assertThat(pods.spec().getHostNetwork()).isNull();
            SecurityContext security = container(pods).getSecurityContext();
            assertThat(security.getReadOnlyRootFilesystem()).isTrue();
            assertThat(security.getAllowPrivilegeEscalation()).isFalse();
            assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
            assertThat(security.getCapabilities().getAdd()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everythingMountedExists(String overlay) {
        Manifests manifests = Manifests.of(overlay);
        Set<String> names = new TreeSet<>(MADE_BY_THE_USER);
        manifests.objects().forEach(object -> names.add(object.getMetadata().getName()));
        for (Pods pods : manifests.pods()) {
            List<String> volumes =
                    pods.spec().getVolumes().stream().map(Volume::getName).toList();
            container(pods)
                    .getVolumeMounts()
                    .forEach(mount -> assertThat(volumes).as(pods.owner()).contains(mount.getName()));
            pods.spec().getVolumes().forEach(volume -> assertThat(names).containsAll(referred(volume)));
            assertThat(names).contains(pods.spec().getServiceAccountName());
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void aPodHasTimeToDrain(String overlay) {
        for (Pods pods : Manifests.of(overlay).pods()) {
            long sleep = container(pods).getLifecycle().getPreStop().getSleep().getSeconds();

            assertThat(sleep).isPositive();
            assertThat(pods.spec().getTerminationGracePeriodSeconds())
                    .as("%s: preStop, running answers, a margin", pods.owner())
                    .isGreaterThanOrEqualTo(sleep + 30);
        }
    }

    /** Each {@code kubectl apply} would set back what a scaler has decided. */
    @ParameterizedTest
    @MethodSource("overlays")
    void whatHasAScalerHasNoFixedSize(String overlay) {
        Manifests manifests = Manifests.of(overlay);
        Map<String, Integer> sizes = new TreeMap<>();
        manifests.documents().stream()
                .filter(document -> document.at("/spec/replicas").isInt())
                .forEach(document -> sizes.put(
                        document.at("/metadata/name").asText(),
                        document.at("/spec/replicas").asInt()));

        for (HorizontalPodAutoscaler scaler : manifests.all(HorizontalPodAutoscaler.class)) {
            String target = scaler.getSpec().getScaleTargetRef().getName();
            assertThat(manifests.pods()).extracting(Pods::owner).contains(target);
            assertThat(sizes).doesNotContainKey(target);
            assertThat(scaler.getSpec().getMinReplicas())
                    .isLessThan(scaler.getSpec().getMaxReplicas());
        }
        assertThat(sizes).containsKey("scheduler");
    }

    private static List<String> referred(Volume volume) {
        List<String> names = new ArrayList<>();
        if (volume.getConfigMap() != null) {
            names.add(volume.getConfigMap().getName());
        }
        if (volume.getSecret() != null) {
            names.add(volume.getSecret().getSecretName());
        }
        if (volume.getPersistentVolumeClaim() != null) {
            names.add(volume.getPersistentVolumeClaim().getClaimName());
        }
        return names;
    }

    private static Pods pods(Manifests manifests, Map<String, String> selector) {
        return manifests.pods().stream()
                .filter(pods -> pods.metadata().getLabels().entrySet().containsAll(selector.entrySet()))
                .findFirst()
                .orElseThrow();
    }

    static Container container(Pods pods) {
        assertThat(pods.spec().getContainers()).as(pods.owner()).hasSize(1);
        return pods.spec().getContainers().getFirst();
    }

    static List<Probe> probes(Container container) {
        return List.of(container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe());
    }

    private static List<String> ports(Container container) {
        return container.getPorts().stream().map(ContainerPort::getName).toList();
    }

    private static String name(IntOrString port) {
        return String.valueOf(port.getValue());
    }
}
