package dev.vidda.gateway.security;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import dev.vidda.gateway.openai.ApiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Two gateways, with a clock that stands still so that nothing is refilled. */
class QuotaShareTest {
    private static final String KEY = "sk-one";
    private static final int REQUESTS = 1000;

    @TempDir
    private Path directory = Path.of("");

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestProbe<Object> patience = kit.createTestProbe();
    private Gatekeeper here = gatekeeper("");
    private Gatekeeper there = gatekeeper("");

    @BeforeEach
    void start() throws IOException {
        Path keys = directory.resolve("keys.conf");
        Files.writeString(keys, """
                tenants.t { requests-per-minute = %d, tokens-per-minute = 1000, concurrent = 2 }
                keys = [{ name = one, sha256 = "%s", tenant = t }]
                """.formatted(REQUESTS, KeyHash.of(KEY).hex()));
        here = gatekeeper(keys.toString());
        there = gatekeeper(keys.toString());
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void whatIsUnderWayAtOneGatewayCountsAtTheOther() {
        share(here);
        share(there);
        Permit one = enter(here);
        enter(here);
        awaitRefused("2 requests are under way");

        one.close();
        patience.awaitAssert(() -> {
            enter(there).close();
            return null;
        });
    }

    @Test
    void requestsOfAMinuteAreCountedForAll() {
        shareAndMeet();
        assertThatThrownBy(() -> {
                    while (true) {
                        enter(here).close();
                    }
                })
                .hasMessageContaining("requests a minute");
        awaitRefused(REQUESTS + " requests a minute");
    }

    @Test
    void tokensAreCountedForAll() {
        shareAndMeet();
        try (Permit permit = enter(here)) {
            permit.prompt(600);
            permit.generated(400);
        }
        patience.awaitAssert(() -> {
            try (Permit other = enter(there)) {
                other.prompt(1);
            } catch (ApiException refused) {
                assertThat(refused.error().message()).contains("1000 tokens a minute");
                return null;
            }
            throw new AssertionError("had room");
        });
    }

    @Test
    void oneThatComesLaterLearnsWhatIsUnderWayAndOneThatGoesTakesItsRequestsAlong() {
        ActorRef<QuotaShare.Command> first = share(here);
        enter(here);
        enter(here);
        share(there);
        awaitRefused("2 requests are under way");

        first.tell(QuotaShare.stop());
        patience.awaitAssert(() -> {
            enter(there).close();
            return null;
        });
    }

    /** What is used before two gateways know each other is known to nobody else. */
    private void shareAndMeet() {
        share(here);
        share(there);
        Permit one = enter(here);
        Permit two = enter(here);
        awaitRefused("2 requests are under way");
        one.close();
        two.close();
    }

    private void awaitRefused(String message) {
        patience.awaitAssert(() -> {
            try {
                enter(there).close();
            } catch (ApiException refused) {
                assertThat(refused.error().status()).isEqualTo(429);
                assertThat(refused.error().message()).contains(message);
                return null;
            }
            throw new AssertionError("was let in");
        });
    }

    private ActorRef<QuotaShare.Command> share(Gatekeeper gatekeeper) {
        return kit.spawn(QuotaShare.create(gatekeeper, Duration.ofMillis(10)));
    }

    private static Permit enter(Gatekeeper gatekeeper) {
        return gatekeeper.enter(gatekeeper.identify(Optional.of("Bearer " + KEY), Optional.empty()));
    }

    private static Gatekeeper gatekeeper(String keysFile) {
        var config = ConfigFactory.parseMap(Map.of("keys-file", keysFile))
                .withFallback(ConfigFactory.load().getConfig("vidda.gateway.security"));
        return Gatekeeper.of(SecuritySettings.from(config), () -> 0);
    }
}
