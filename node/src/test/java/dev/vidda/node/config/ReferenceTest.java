package dev.vidda.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import dev.vidda.node.NodeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for every key that a module documents. */
final class ReferenceTest {
    private static final Path ROOT = Path.of(System.getProperty("vidda.root", ".."));
    private static final Configuration DEFAULTS = Configuration.load(Optional.empty(), Map.of());
    private static final Set<String> KEYS = DEFAULTS.knownKeys().leaves();

    /** A value, or a map that is empty at first. */
    private static final Pattern SETTING = Pattern.compile("\\s+[a-z-]+( = .*| \\{})");

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

    static Set<String> keys() {
        return KEYS;
    }

    @Test
    void everyKeyHasAVariableOfItsOwn() {
        Map<String, List<String>> keysOfVariables = KEYS.stream()
                .collect(Collectors.groupingBy(
                        key -> DEFAULTS.knownKeys().variable(key).orElse("none"), TreeMap::new, Collectors.toList()));

        assertThat(keysOfVariables).doesNotContainKey("none");
        assertThat(keysOfVariables.keySet())
                .allMatch(name -> name.matches("(VIDDA|OTEL)(_[A-Z0-9]+)+"))
                .hasSameSizeAs(KEYS);
    }

    /** To its own name, so that one that sets another key is seen, too. */
    @Test
    void everyVariableSetsItsKey() {
        Map<String, String> variables = new TreeMap<>();
        KEYS.forEach(
                key -> variables.put(key, DEFAULTS.knownKeys().variable(key).orElseThrow()));
        Map<String, String> environment =
                variables.values().stream().collect(Collectors.toMap(name -> name, name -> name));

        Config set = ConfigFactory.parseResources("reference.conf")
                .withFallback(ConfigFactory.parseMap(environment))
                .resolve(ConfigResolveOptions.noSystem().setAllowUnresolved(true));

        assertThat(variables)
                .allSatisfy((key, variable) -> assertThat(set.getString(key)).isEqualTo(variable));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aValueOfAnotherKindIsNamed(String key) {
        Object wrong = ValueKind.of(DEFAULTS.reference().getValue(key)) == ValueKind.LIST ? 7 : List.of(List.of());
        Configuration configuration = Configuration.load(Optional.empty(), Map.of(key, wrong));

        List<Problem> problems = ConfigurationCheck.problems(
                configuration,
                config -> assertThat(NodeSettings.from(config, ROOT)).isNotNull());

        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst().toString()).contains("key=" + key + ",").contains("wrong=is not ");
    }

    /** By a comment right above it, or above the line that sets it. */
    @Test
    void everyKeyIsDocumented() throws IOException {
        List<String> bare = new ArrayList<>();
        int documented = 0;
        for (String module : List.of("protocol", "node", "gateway", "scheduler", "gpu-worker")) {
            List<String> lines = Files.readAllLines(ROOT.resolve(module + "/src/main/resources/reference.conf"));
            boolean ours = false;
            for (int i = 0; i < lines.size(); i++) {
                ours = lines.get(i).startsWith("vidda.")
                        || ours && !lines.get(i).startsWith("akka");
                boolean sets = SETTING.matcher(lines.get(i)).matches();
                boolean byVariable = lines.get(i).contains("${?");
                if (ours && sets && !byVariable && !inDispatcher(lines, i)) {
                    documented++;
                    if (!lines.get(i - 1).strip().startsWith("#")) {
                        bare.add(module + ": " + lines.get(i).strip());
                    }
                }
            }
        }
        assertThat(bare).isEmpty();
        assertThat(documented).isGreaterThanOrEqualTo(KEYS.size());
    }

    /** Those are Akka's. */
    private static boolean inDispatcher(List<String> lines, int at) {
        for (int i = at; i >= 0; i--) {
            if (lines.get(i).equals("  }")) {
                return false;
            }
            if (lines.get(i).matches("  [\\w-]*dispatcher \\{")) {
                return true;
            }
        }
        return false;
    }

    private static boolean covers(String read, String key) {
        return key.equals(read) || key.startsWith(read + ".");
    }
}
