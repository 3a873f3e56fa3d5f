package dev.vidda.scheduler;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.scheduler.admission.AdmissionRules;
import dev.vidda.scheduler.admission.Silence;
import dev.vidda.scheduler.queue.RetryAfter;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

final class SchedulerSettingsTest {
    private static final Map<String, String> OTHER_VALUES = Map.ofEntries(
            entry("waiting-line.max-requests", "7"),
            entry("waiting-line.max-pools", "1.5"),
            entry("waiting-line.max-wait", "8s"),
            entry("waiting-line.max-passes", "5"),
            entry("output-quantile", "0.5"),
            entry("max-pending", "90ms"),
            entry("itl-target", "40ms"),
            entry("soft-ttft-target", "700ms"),
            entry("start-timeout", "6s"),
            entry("prefix-blocks-per-worker", "11"),
            entry("tick", "12ms"),
            entry("worker-silence.quiet", "7s"),
            entry("worker-silence.missing", "10s"),
            entry("retry-after.initial", "3s"),
            entry("retry-after.shortest", "2s"),
            entry("retry-after.longest", "4s"),
            entry("retry-after.memory", "9s"));

    @Test
    void defaultsAreThoseOfTheReference() {
        RetryAfter retryAfter = new RetryAfter(
                Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofSeconds(30));
        assertThat(SchedulerSettings.from(ConfigFactory.defaultReference()))
                .isEqualTo(new SchedulerSettings(
                        new AdmissionRules(
                                new SchedulerLimits(1_024, 16, 0, 0.85, 16, 500, 0, 1_000, Map.of()),
                                retryAfter,
                                Duration.ofSeconds(30),
                                131_072,
                                new Silence(Duration.ofSeconds(3), Duration.ofSeconds(15))),
                        Duration.ofMillis(250)));
    }

    @Test
    void everyKeyIsRead() {
        RetryAfter retryAfter = new RetryAfter(
                Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(9));
        assertThat(SchedulerSettings.from(with(OTHER_VALUES)))
                .isEqualTo(new SchedulerSettings(
                        new AdmissionRules(
                                new SchedulerLimits(7, 1.5, 8_000, 0.5, 5, 90, 40, 700, Map.of()),
                                retryAfter,
                                Duration.ofSeconds(6),
                                11,
                                new Silence(Duration.ofSeconds(7), Duration.ofSeconds(10))),
                        Duration.ofMillis(12)));
        Set<String> keys = new TreeSet<>();
        ConfigFactory.defaultReference()
                .getConfig("vidda.scheduler")
                .entrySet()
                .forEach(entry -> keys.add("vidda.scheduler." + entry.getKey()));
        assertThat(keys).isEqualTo(new TreeSet<>(OTHER_VALUES.keySet()));
    }

    @Test
    void contextsAreSetByModel() {
        Map<String, Integer> contexts = SchedulerSettings.from(
                        with(Map.of("vidda.scheduler.longest-contexts.\"a/b-1.5\"", "4096")))
                .rules()
                .limits()
                .longestContexts();
        assertThat(contexts).isEqualTo(Map.of("a/b-1.5", 4_096));
    }

    @Test
    void aValueOutOfBoundsIsNamedWithItsKey() {
        refuses("waiting-line.max-requests", "-1", "at least 0, was -1");
        refuses("waiting-line.max-pools", "0.5", "at least 1, was 0.5");
        refuses("waiting-line.max-wait", "-1s", "at least 0, was PT-1S");
        refuses("waiting-line.max-passes", "-1", "at least 0, was -1");
        refuses("output-quantile", "0", "in (0, 1], was 0.0");
        refuses("max-pending", "0s", "at least 1 ms, was PT0S");
        refuses("itl-target", "-1s", "at least 0, was PT-1S");
        refuses("soft-ttft-target", "-1s", "at least 0, was PT-1S");
        refuses("longest-contexts.m", "1", "at least 2, was 1");
        refuses("start-timeout", "0s", "positive, was PT0S");
        refuses("prefix-blocks-per-worker", "-1", "at least 0, was -1");
        refuses("worker-silence.quiet", "0s", "positive, was PT0S");
        refuses("worker-silence.missing", "1s", "at least vidda.scheduler.worker-silence.quiet, was PT1S");
        refuses("tick", "0s", "positive, was PT0S");
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

    private static Map.Entry<String, String> entry(String key, String value) {
        return Map.entry("vidda.scheduler." + key, value);
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
