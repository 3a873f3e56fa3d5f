package dev.vidda.worker.engine;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EngineSettingsTest {
    private static final Config DEFAULTS =
            ConfigFactory.parseResources("reference.conf").resolve();

    @Test
    void defaultsAreThoseOfTheReferenceConfiguration() {
        assertThat(EngineSettings.from(defaults()))
                .isEqualTo(new EngineSettings(512, 128, 0.25, 3, 0.01, true, true, 2L << 30));
    }

    @Test
    void everyKeyIsMapped() {
        Config config = ConfigFactory.parseString("""
                vidda.worker {
                  max-batch-tokens = 77
                  max-batch-sequences = 7
                  oldest-prefill-share = 0.5
                  max-preemptions = 9
                  admission-headroom = 0.125
                  prefix-cache = off
                  lookahead = off
                  swap-memory = 3MiB
                }
                """);
        assertThat(EngineSettings.from(config))
                .isEqualTo(new EngineSettings(77, 7, 0.5, 9, 0.125, false, false, 3 << 20));
    }

    @ParameterizedTest
    @CsvSource({
        "max-batch-sequences, 0, at least 1",
        "max-batch-tokens, 127, at least max-batch-sequences (128)",
        "oldest-prefill-share, 0, 'in (0, 1]'",
        "oldest-prefill-share, 1.5, 'in (0, 1]'",
        "max-preemptions, -1, at least 0",
        "admission-headroom, 1, 'in [0, 1)'"
    })
    void aValueOutOfBoundsIsNamed(String key, String value, String rule) {
        Config config =
                ConfigFactory.parseString("vidda.worker." + key + " = " + value).withFallback(defaults());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EngineSettings.from(config))
                .withMessageContaining("vidda.worker." + key)
                .withMessageContaining(rule)
                .withMessageContaining(value);
    }

    @Test
    void aValueOfAnotherTypeIsNamed() {
        Config config = ConfigFactory.parseString("vidda.worker.max-batch-tokens = many")
                .withFallback(defaults());
        assertThatThrownBy(() -> EngineSettings.from(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("max-batch-tokens");
    }

    private static Config defaults() {
        return DEFAULTS;
    }
}
