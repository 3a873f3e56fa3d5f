package dev.vidda.node.dist;

import dev.vidda.node.NodeSettings;
import dev.vidda.node.Role;
import dev.vidda.node.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

final class DistributionFilesTest {
    private static final Path ROOT = Path.of(System.getProperty("vidda.root", ".."));
    private static final Pattern POM_VERSION = Pattern.compile("<artifactId>vidda</artifactId>\\s*<version>([^<]+)<");
    private static final Set<String> INSTRUCTIONS = Set.of(
            "FROM", "ARG", "ENV", "ADD", "COPY", "RUN", "USER", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD", "LABEL");
    /** What a node needs to stop beside the time that its answers get. */
    private static final long STOP_SECONDS = 15;

    @ParameterizedTest
    @EnumSource(Role.class)
    void everyRoleHasAUnitThatGivesItTimeToStop(Role role) throws IOException {
        String name = role.name().toLowerCase(Locale.ROOT);
        String file = "dist/systemd/vidda-" + name + (role == Role.WORKER ? "@" : "") + ".service";
        String unit = Files.readString(ROOT.resolve(file));

        assertThat(unit)
                .contains("ExecStartPre=/opt/vidda/vidda config check --config /etc/vidda/" + name + ".conf\n")
                .contains("ExecStart=/opt/vidda/vidda serve --config /etc/vidda/" + name + ".conf\n")
                .contains("EnvironmentFile=-/etc/vidda/" + name + ".env\n")
                .contains("User=vidda\n", "NoNewPrivileges=yes\n", "ProtectSystem=strict\n", "Restart=on-failure\n");
        long seconds = Long.parseLong(first(Pattern.compile("TimeoutStopSec=(\\d+)s"), unit));
        for (String conf : List.of(name + ".conf", "production.conf")) {
            Configuration configuration = Configuration.load(
                    Optional.of(ROOT.resolve("conf").resolve(conf)),
                    Map.of("VIDDA_CLUSTER_ADDRESS", "10.0.0.1:2551", "vidda.node.roles", name));
            NodeSettings settings = NodeSettings.from(configuration.effective(), ROOT);
            long needed = switch (role) {
                case GATEWAY -> settings.gateway().shutdownTimeout().toSeconds();
                case WORKER -> settings.worker().drainTime().toSeconds();
                case SCHEDULER -> 0;
            };
            assertThat(seconds).as(conf).isGreaterThanOrEqualTo(needed + STOP_SECONDS);
        }
    }

    @Test
    void theDockerfileIsOfThisVersionAndRunsAsNobodySpecial() throws IOException {
        List<String> lines = instructions(Files.readString(ROOT.resolve("dist/docker/Dockerfile")));

        assertThat(lines).allMatch(line -> INSTRUCTIONS.contains(line.split(" ", 2)[0]));
        assertThat(lines.getFirst()).matches("FROM eclipse-temurin:25-jre[\\w-]*");
        assertThat(lines)
                .contains("ARG VERSION=" + version(), "USER 10001:10001", "ENTRYPOINT [\"/opt/vidda/vidda\"]")
                .contains("ADD vidda-${VERSION}.tar.gz /opt/");
    }

    @Test
    void theManifestsNameImagesOfThisVersion() throws IOException {
        for (String file : List.of("k8s/base/kustomization.yaml", "k8s/components/gpu/kustomization.yaml")) {
            assertThat(Files.readString(ROOT.resolve(file)))
                    .as(file)
                    .contains("newTag: " + version().toLowerCase(Locale.ROOT) + "\n");
        }
    }

    /** Without comments, and each on one line. */
    private static List<String> instructions(String dockerfile) {
        return dockerfile
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .collect(Collectors.joining("\n"))
                .replaceAll("\\\\\n\\s*", "")
                .lines()
                .toList();
    }

    private static String version() throws IOException {
        return first(POM_VERSION, Files.readString(ROOT.resolve("pom.xml")));
    }

    private static String first(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        assertThat(found.find()).as(pattern.pattern()).isTrue();
        return found.group(1);
    }
}
