package dev.vidda.worker;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import dev.vidda.worker.engine.EngineSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WorkerSettingsTest {
    private static final Config DEFAULTS =
            ConfigFactory.parseResources("reference.conf").resolve();

    @Test
    void defaultsAreThoseOfTheReferenceConfiguration() {
        assertThat(WorkerSettings.from(DEFAULTS))
                .isEqualTo(new WorkerSettings(
                        EngineSettings.from(DEFAULTS),
                        Duration.ofMillis(250),
                        Duration.ofMillis(400),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(120)));
    }

    @Test
    void theFirstStepsGetAtLeastTheTimeOfTheOthers() {
        Config config = ConfigFactory.parseString("vidda.worker { step-timeout = 60s, first-step-timeout = 50s }")
                .withFallback(DEFAULTS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkerSettings.from(config))
                .withMessageContaining("vidda.worker.first-step-timeout")
                .withMessageContaining("PT1M");
    }

    @Test
    void theIntervalIsMappedAndBounded() {
        assertThat(WorkerSettings.from(with("2s")).reportInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkerSettings.from(with("9ms")))
                .withMessageContaining("vidda.worker.report-interval")
                .withMessageContaining("PT0.009S");
    }

    @Test
    void everyValueCanBeSetByTheEnvironmentVariableOfItsName() {
        Config unresolved = ConfigFactory.parseResources("reference.conf").getConfig("vidda.worker");
        for (Map.Entry<String, ConfigValue> entry : unresolved.root().entrySet()) {
            if (!entry.getKey().equals("dispatcher")) {
                String variable = "VIDDA_WORKER_" + entry.getKey().toUpperCase().replace('-', '_');
                assertThat(entry.getValue().toString()).contains(variable);
            }
        }
    }

    private static Config with(String interval) {
        return ConfigFactory.parseString("vidda.worker.report-interval = " + interval)
                .withFallback(DEFAULTS);
    }
}
