package dev.vidda.scheduler;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.vidda.scheduler.admission.AdmissionLimits;
import dev.vidda.scheduler.admission.RetryAfter;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

final class SchedulerSettingsTest {
    private static final Map<String, String> OTHER_VALUES = Map.of(
            "vidda.scheduler.waiting-line.max-requests", "7",
            "vidda.scheduler.waiting-line.max-pools", "1.5",
            "vidda.scheduler.retry-after.initial", "3s",
            "vidda.scheduler.retry-after.shortest", "2s",
            "vidda.scheduler.retry-after.longest", "4s",
            "vidda.scheduler.retry-after.memory", "9s");

    @Test
    void defaultsAreThoseOfTheReference() {
        RetryAfter retryAfter = new RetryAfter(
                Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofSeconds(30));
        assertThat(SchedulerSettings.from(ConfigFactory.defaultReference()))
                .isEqualTo(new SchedulerSettings(new AdmissionLimits(1_024, 16, retryAfter)));
    }

    @Test
    void everyKeyIsRead() {
        RetryAfter retryAfter = new RetryAfter(
                Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(9));
        assertThat(SchedulerSettings.from(with(OTHER_VALUES)))
                .isEqualTo(new SchedulerSettings(new AdmissionLimits(7, 1.5, retryAfter)));
        Set<String> keys = new TreeSet<>();
        ConfigFactory.defaultReference()
                .getConfig("vidda.scheduler")
                .entrySet()
                .forEach(entry -> keys.add("vidda.scheduler." + entry.getKey()));
        assertThat(keys).isEqualTo(new TreeSet<>(OTHER_VALUES.keySet()));
    }

    @Test
    void aValueOutOfBoundsIsNamedWithItsKey() {
        refuses("waiting-line.max-requests", "-1", "at least 0, was -1");
        refuses("waiting-line.max-pools", "0.5", "at least 1, was 0.5");
        refuses("retry-after.shortest", "0s", "positive, was PT0S");
        refuses("retry-after.longest", "1ms", "at least vidda.scheduler.retry-after.shortest, was PT0.001S");
        refuses("retry-after.initial", "1h", "between PT1S and PT2M, was PT1H");
        refuses("retry-after.memory", "-1s", "positive, was PT-1S");
    }

    @Test
    void aValueOfTheWrongTypeIsNamedWithItsKey() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(
                        () -> SchedulerSettings.from(with(Map.of("vidda.scheduler.waiting-line.max-requests", "x"))))
                .withMessageContaining("max-requests");
    }

    private static void refuses(String key, String value, String rule) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SchedulerSettings.from(with(Map.of("vidda.scheduler." + key, value))))
                .withMessage("vidda.scheduler." + key + " must be " + rule);
    }

    private static Config with(Map<String, String> values) {
        return ConfigFactory.parseMap(values).withFallback(ConfigFactory.defaultReference());
    }
}
