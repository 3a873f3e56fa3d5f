package dev.vidda.gateway;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.vidda.gateway.openai.RequestLimits;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GatewaySettingsTest {
    private static final Config REFERENCE =
            ConfigFactory.parseResources("reference.conf").resolve();

    @Test
    void theDefaultsListenOnThisMachineOnly() {
        GatewaySettings settings = GatewaySettings.from(REFERENCE);

        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.maxBody()).isEqualTo(16 * 1024 * 1024);
        assertThat(settings.keepAlive()).isEqualTo(Duration.ofSeconds(75));
        assertThat(settings.limits().choices()).isEqualTo(128);
        assertThat(settings.defaultMaxTokens()).isZero();
        assertThat(settings.webChat()).isTrue();
    }

    @Test
    void everyKeyHasAField() {
        Set<String> keys = REFERENCE.getConfig(GatewaySettings.PATH).root().keySet().stream()
                .filter(key -> !key.endsWith("-dispatcher"))
                .map(key -> key.replace("-", "").toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        Set<String> fields = Arrays.stream(GatewaySettings.class.getRecordComponents())
                .flatMap(component -> component.getType() == RequestLimits.class
                        ? Arrays.stream(component.getType().getRecordComponents())
                                .map(limit -> "max" + limit.getName())
                        : Stream.of(component.getName()))
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());

        assertThat(keys).isEqualTo(fields);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "port = -1",
                "port = 70000",
                "port = here",
                "max-body = 0",
                "max-body = 4GiB",
                "keep-alive = 0s",
                "stream-buffer = 0",
                "max-choices = 0",
                "default-max-tokens = -1",
                "body-timeout = soon",
                "security.reload = 0s",
                "security.insecure = perhaps",
                "security.tls.certificate = cert.pem",
                "web-chat = maybe"
            })
    void aWrongValueIsNamedByItsKey(String setting) {
        Config config =
                ConfigFactory.parseString("vidda.gateway { " + setting + " }").withFallback(REFERENCE);

        assertThatThrownBy(() -> GatewaySettings.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("vidda.gateway." + setting.split("[ .]", 2)[0]);
    }

    @Test
    void aMissingKeyIsNamed() {
        assertThatThrownBy(() -> GatewaySettings.from(REFERENCE.withoutPath("vidda.gateway.host")))
                .hasMessageStartingWith("vidda.gateway.host");
    }

    @Test
    void theShutdownPhaseIsLongerThanTheGatewayNeeds() {
        Duration phase = REFERENCE.getDuration("akka.coordinated-shutdown.phases.service-requests-done.timeout");

        assertThat(phase).isGreaterThan(GatewaySettings.from(REFERENCE).shutdownTimeout());
    }
}
