package dev.vidda.node.config;

import dev.vidda.node.NodeSettings;
import dev.vidda.node.Role;
import java.util.List;

/** Looks whether this machine has what a configuration asks for. */
public final class MachineCheck {
    private MachineCheck() {}

    /** All that this machine cannot do. */
    public static List<Problem> problems(Configuration configuration, NodeSettings settings) {
        Findings findings = new Findings(configuration.effective(), configuration.knownKeys());
        if (settings.roles().contains(Role.GATEWAY)) {
            ListenCheck.run("vidda.gateway.host", "vidda.gateway.port", configuration.effective(), findings);
        }
        if (settings.roles().contains(Role.WORKER)) {
            ModelCheck.run(settings, findings);
        }
        return findings.problems();
    }
}
