package dev.vidda.node.kubernetes;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Resources of controllers that are no part of Kubernetes, with the fields of their published schemas that the examples may use: what
 * is not here is refused as unknown.
 */
final class CustomResources {
    static final Map<String, Class<?>> KINDS = Map.of(
            "keda.sh/v1alpha1/ScaledObject", ScaledObject.class,
            "inference.networking.k8s.io/v1/InferencePool", InferencePool.class,
            "cert-manager.io/v1/Issuer", Issuer.class,
            "cert-manager.io/v1/Certificate", Certificate.class);

    private CustomResources() {}

    record Metadata(String name, String namespace, @Nullable Map<String, String> labels) {}

    /** KEDA: <a href="https://keda.sh/docs/latest/reference/scaledobject-spec/">ScaledObject specification</a>. */
    record ScaledObject(String apiVersion, String kind, Metadata metadata, Spec spec) {
        record Spec(
                Target scaleTargetRef,
                @Nullable Integer pollingInterval,
                @Nullable Integer cooldownPeriod,
                @Nullable Integer minReplicaCount,
                Integer maxReplicaCount,
                List<Trigger> triggers) {}

        record Target(String apiVersion, String kind, String name) {}

        record Trigger(String type, @Nullable String name, Prometheus metadata) {}

        /** All values are texts. */
        record Prometheus(
                String serverAddress,
                String query,
                String threshold,
                @Nullable String activationThreshold,
                @Nullable String namespace,
                @Nullable String ignoreNullValues) {}
    }

    /** Gateway API inference extension: <a href="https://gateway-api-inference-extension.sigs.k8s.io/">InferencePool</a>. */
    record InferencePool(String apiVersion, String kind, Metadata metadata, Spec spec) {
        record Spec(Selector selector, List<Port> targetPorts, Picker endpointPickerRef) {}

        record Selector(Map<String, String> matchLabels) {}

        record Port(int number) {}

        record Picker(@Nullable String group, @Nullable String kind, String name, Port port, FailureMode failureMode) {}

        enum FailureMode {
            FailOpen,
            FailClose
        }
    }

    /** cert-manager: <a href="https://cert-manager.io/docs/reference/api-docs/">API reference</a>. */
    record Issuer(String apiVersion, String kind, Metadata metadata, Spec spec) {
        record Spec(Authority ca) {}

        record Authority(String secretName) {}
    }

    /** The same. */
    record Certificate(String apiVersion, String kind, Metadata metadata, Spec spec) {
        record Spec(
                String secretName,
                @Nullable String commonName,
                List<String> dnsNames,
                @Nullable String duration,
                @Nullable String renewBefore,
                PrivateKey privateKey,
                @Nullable List<String> usages,
                IssuerRef issuerRef) {}

        record PrivateKey(
                Algorithm algorithm,
                Encoding encoding,
                @Nullable Integer size,
                @Nullable String rotationPolicy) {}

        record IssuerRef(
                String name,
                @Nullable String kind,
                @Nullable String group) {}

        enum Algorithm {
            RSA,
            ECDSA,
            Ed25519
        }

        enum Encoding {
            PKCS1,
            PKCS8
        }
    }
}
