package dev.vidda.node;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.vidda.worker.model.KvMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class NodeSettingsTest {
    @Test
    void theDefaultsServeTheModelThatShips() {
        NodeSettings settings = RunningNode.settings(Map.of());

        assertThat(settings.roles()).isEqualTo(EnumSet.allOf(Role.class));
        assertThat(settings.model().name()).isEqualTo("demo");
        assertThat(settings.model().directory()).isDirectory();
        assertThat(settings.model().load().device()).isEqualTo("auto");
        assertThat(settings.model().load().kvMemory()).isEqualTo(new KvMemory.Usual());
        assertThat(settings.model().load().maxTokens())
                .isEqualTo(settings.worker().engine().maxBatchTokens());
    }

    @Test
    void severalDevicesGetAWorkerEach() {
        assertThat(devices("1")).containsExactly(1);
        assertThat(devices("0, 3,2")).containsExactly(0, 3, 2);
        assertThat(devices("all")).containsExactly(0);
        for (String wrong : List.of("", "one", "0,", "-1", "1,1")) {
            assertThatThrownBy(() -> devices(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("vidda.node.model.device-index must be a number from 0")
                    .hasMessageContaining("was '" + wrong + "'");
        }
    }

    private static List<Integer> devices(String indexes) {
        return RunningNode.settings(Map.of("vidda.node.model.device", "cpu", "vidda.node.model.device-index", indexes))
                .model()
                .deviceIndexes();
    }

    @Test
    void everyKeyIsRead() {
        NodeSettings settings = RunningNode.settings(Map.of(
                "vidda.node.model.path",
                "/some/where/big",
                "vidda.node.model.device",
                "cpu",
                "vidda.node.model.device-index",
                1,
                "vidda.node.model.threads",
                3,
                "vidda.node.model.max-length",
                77,
                "vidda.node.model.kv-memory",
                "2GiB"));

        assertThat(settings.model().name()).isEqualTo("big");
        assertThat(settings.model().directory()).isEqualTo(Path.of("/some/where/big"));
        assertThat(settings.model().load().device()).isEqualTo("cpu");
        assertThat(settings.model().load().deviceSettings().index()).isEqualTo(1);
        assertThat(settings.model().load().deviceSettings().threads()).isEqualTo(3);
        assertThat(settings.model().load().maxModelLength()).isEqualTo(77);
        assertThat(settings.model().load().kvMemory()).isEqualTo(new KvMemory.Bytes(2L << 30));
        assertThat(RunningNode.settings(Map.of("vidda.node.model.name", "other"))
                        .model()
                        .name())
                .isEqualTo("other");
    }

    @Test
    void aWrongValueIsNamedWithItsKey() {
        assertWrong("vidda.node.model.kv-memory", "lots");
        assertWrong("vidda.node.model.kv-memory", "0.0");
        assertWrong("vidda.node.model.max-length", -1);
        assertWrong("vidda.node.model.threads", -1);
        assertWrong("vidda.node.roles", List.of("gateway", "butler"));
        assertWrong("vidda.node.roles", List.of("gateway"));
        assertWrong("vidda.worker.max-batch-tokens", 1);
        assertWrong("vidda.gateway.port", 70000);
    }

    @Test
    void theExampleConfigurationSetsNothingButDefaults() {
        Path example = RunningNode.ROOT.resolve("conf/vidda.conf");
        Map<String, Object> set = ConfigFactory.parseFile(
                        example.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
                .root()
                .unwrapped();

        assertThat(RunningNode.settings(set).model())
                .isEqualTo(RunningNode.settings(Map.of()).model());
    }

    @Test
    void theShutdownLastsAsLongAsRunningAnswersMay() {
        String phase = "akka.coordinated-shutdown.phases.service-requests-done.timeout";

        assertThat(RunningNode.settings(Map.of("vidda.gateway.shutdown-timeout", "5m"))
                        .configToStopIn()
                        .getDuration(phase))
                .isGreaterThan(Duration.ofMinutes(5));
        assertThat(RunningNode.settings(Map.of("vidda.worker.drain-time", "6m"))
                        .configToStopIn()
                        .getDuration(phase))
                .isGreaterThan(Duration.ofMinutes(6));
        assertThat(RunningNode.settings(Map.of(phase, "1h")).configToStopIn().getDuration(phase))
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void modelsAreLookedForHereAndThenAtHome(@TempDir Path home) throws Exception {
        Files.createDirectories(home.resolve("models/only-at-home"));

        assertThat(ModelSettings.find("models/only-at-home", home)).isEqualTo(home.resolve("models/only-at-home"));
        assertThat(ModelSettings.find("models/nowhere", home)).isEqualTo(Path.of("models/nowhere"));
    }

    private static void assertWrong(String key, Object value) {
        assertThatThrownBy(() -> RunningNode.settings(Map.of(key, value)))
                .as("%s = %s", key, value)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key);
    }
}
