package dev.vidda.node.config;

import com.typesafe.config.Config;
import dev.vidda.node.ClusterSettings;
import dev.vidda.node.NodeSettings;
import dev.vidda.node.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Looks whether this machine has what a configuration asks for. */
public final class MachineCheck {
    private static final String SECURITY = "vidda.gateway.security.";
    private static final String GATEWAY_TLS = SECURITY + "tls.";
    private static final String CLUSTER = "vidda.node.cluster.";
    private static final String KEYS_FILE = SECURITY + "keys-file";

    private final NodeSettings settings;
    private final Config config;
    private final Findings findings;

    private MachineCheck(Configuration configuration, NodeSettings settings) {
        this.settings = settings;
        this.config = configuration.effective();
        this.findings = new Findings(config, configuration.knownKeys());
    }

    /** All that this machine cannot do. */
    public static List<Problem> problems(Configuration configuration, NodeSettings settings) {
        MachineCheck check = new MachineCheck(configuration, settings);
        CertificateCheck certificates = new CertificateCheck(check.config, check.findings, Instant.now());
        if (settings.roles().contains(Role.GATEWAY)) {
            check.checkGateway(certificates);
        }
        if (settings.roles().contains(Role.WORKER)) {
            ModelCheck.run(settings, check.findings);
        }
        if (settings.cluster().enabled()) {
            check.checkCluster(certificates);
        }
        return check.findings.problems();
    }

    private void checkGateway(CertificateCheck certificates) {
        ListenCheck.run(
                "vidda.gateway.host",
                settings.gateway().host(),
                "vidda.gateway.port",
                settings.gateway().port(),
                findings);
        certificates.checkServer(GATEWAY_TLS + "certificate", GATEWAY_TLS + "key");
        checkKeys();
        if (!settings.roles().contains(Role.WORKER)) {
            ModelCheck.runForText(settings, findings);
        }
    }

    private void checkKeys() {
        String keys = config.getString(KEYS_FILE);
        if (!findings.concern("vidda.gateway.host")
                && keys.isBlank()
                && config.getString(SECURITY + "api-keys").isBlank()
                && !config.getBoolean(SECURITY + "insecure")
                && !ListenCheck.isLoopback(settings.gateway().host())) {
            findings.add(
                    "vidda.gateway.host",
                    "other machines could use it without any key",
                    "configure keys (VIDDA_KEYS_FILE or VIDDA_API_KEYS), or take 127.0.0.1, or set " + SECURITY
                            + "insecure");
        }
        if (!keys.isBlank() && !Files.isReadable(Path.of(keys))) {
            findings.add(
                    KEYS_FILE, "there is no such file that this user can read", "conf/keys.conf says how to make one");
        }
    }

    private void checkCluster(CertificateCheck certificates) {
        certificates.checkNode(CLUSTER + "tls.certificate", CLUSTER + "tls.key", CLUSTER + "tls.authority");
        String key = CLUSTER + (settings.cluster().bind().isPresent() ? "bind" : "address");
        ClusterSettings.Address listen =
                settings.cluster().bind().orElse(settings.cluster().address());
        ListenCheck.run(key, listen.host(), key, listen.port(), findings);
        if (settings.bootstrap().hasManagement()) {
            ListenCheck.run(
                    CLUSTER + "address",
                    settings.cluster().address().host(),
                    "vidda.node.management.port",
                    settings.bootstrap().managementPort(),
                    findings);
        }
    }
}
