package dev.vidda.node.config;

import com.typesafe.config.Config;
import dev.vidda.node.NodeSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for every key that a module documents. */
final class ReferenceTest {
    private static final Path ROOT = Path.of(System.getProperty("vidda.root", ".."));
    private static final Configuration DEFAULTS = Configuration.load(Optional.empty(), Map.of());
    private static final Set<String> KEYS = DEFAULTS.knownKeys().leaves();

    @Test
    void everyKeyIsRead() {
        ReadingRecorder recorder = new ReadingRecorder();
        Config recording = recorder.recording(DEFAULTS.effective());

        NodeSettings settings = NodeSettings.from(recording, ROOT);

        assertThat(settings.config()).isNotNull();
        assertThat(KEYS.stream().filter(key -> recorder.read().stream().noneMatch(read -> covers(read, key))))
                .as("keys in a reference.conf that no settings class reads")
                .isEmpty();
    }

    @Test
    void aKeyThatNobodyReadsIsNoticed() {
        ReadingRecorder recorder = new ReadingRecorder();

        int port = recorder.recording(DEFAULTS.effective())
                .getConfig("vidda.gateway")
                .getInt("port");

        assertThat(port).isEqualTo(DEFAULTS.effective().getInt("vidda.gateway.port"));
        assertThat(recorder.read()).containsExactly("vidda.gateway.port");
    }

    @Test
    void theDefaultsAreWithoutMistakes() {
        List<Problem> problems = ConfigurationCheck.problems(
                DEFAULTS, config -> assertThat(NodeSettings.from(config, ROOT)).isNotNull());

        assertThat(problems).isEmpty();
    }

    private static boolean covers(String read, String key) {
        return key.equals(read) || key.startsWith(read + ".");
    }
}
