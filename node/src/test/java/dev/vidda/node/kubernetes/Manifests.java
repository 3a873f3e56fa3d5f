package dev.vidda.node.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The manifests of an overlay, as {@code kubectl} would apply them. */
final class Manifests {
    static final Path ROOT = Path.of(System.getProperty("vidda.root", ".."));
    static final List<String> OVERLAYS = List.of("local-cpu", "single-gpu", "multi-gpu");

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Map<String, Manifests> RENDERED = new ConcurrentHashMap<>();

    /** A pod as its template describes it. */
    record Pods(String owner, ObjectMeta metadata, PodSpec spec) {}

    private final List<JsonNode> documents;

    private Manifests(List<JsonNode> documents) {
        this.documents = documents;
    }

    static boolean canRender() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
    }

    static Manifests of(String overlay) {
        return RENDERED.computeIfAbsent(overlay, Manifests::render);
    }

    /** The documents of one YAML file. */
    static List<JsonNode> parse(String yaml) {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(yaml)) {
            List<JsonNode> all = new ArrayList<>();
            documents.forEachRemaining(document -> {
                if (document.isObject()) {
                    all.add(document);
                }
            });
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<JsonNode> documents() {
        return documents;
    }

    List<HasMetadata> objects() {
        return documents.stream().map(KubernetesModel::parse).toList();
    }

    <T extends HasMetadata> List<T> all(Class<T> type) {
        return objects().stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<Pods> pods() {
        List<Pods> pods = new ArrayList<>();
        all(Deployment.class)
                .forEach(owner -> pods.add(
                        pods(owner.getMetadata().getName(), owner.getSpec().getTemplate())));
        all(StatefulSet.class)
                .forEach(owner -> pods.add(
                        pods(owner.getMetadata().getName(), owner.getSpec().getTemplate())));
        return pods;
    }

    private static Pods pods(String owner, PodTemplateSpec template) {
        return new Pods(owner, template.getMetadata(), template.getSpec());
    }

    private static Manifests render(String overlay) {
        try {
            Process process = new ProcessBuilder(
                            "kubectl",
                            "kustomize",
                            ROOT.resolve("k8s/overlays/" + overlay).toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("kubectl kustomize " + overlay + ": " + output);
            }
            return new Manifests(parse(output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
