package dev.vidda.gateway.security;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeysTest {
    private static final String FILE = """
            tenants.research { weight = 2.5, max-context = 4096, requests-per-minute = 60, tokens-per-minute = 1000, concurrent = 3 }
            keys = [
              { name = ci, sha256 = "%s", tenant = research, concurrent = 2 }
              { name = other, sha256 = "%s", tenant = unlisted }
              { name = ops, sha256 = "%s", admin = true }
            ]""".formatted(
                    KeyHash.of("sk-ci").hex(),
                    KeyHash.of("sk-other").hex(),
                    KeyHash.of("sk-ops").hex());

    private final KeyRing ring = KeyFile.parse(FILE);

    @Test
    void aKeyIsKnownByItsHashAndHasItsTenantsLimits() {
        ApiKey key = ring.find("sk-ci").orElseThrow();

        assertThat(key.name()).isEqualTo("ci");
        assertThat(key.concurrent()).isEqualTo(2);
        assertThat(key.admin()).isFalse();
        Account account = key.account().orElseThrow();
        assertThat(account.tenant().name()).isEqualTo("research");
        assertThat(account.tenant().weight()).isEqualTo(2.5);
        assertThat(account.tenant().maxContext()).isEqualTo(4096);
        assertThat(account.quota()).isEqualTo(new Quota(60, 1000, 3));
    }

    @Test
    void aTenantThatIsNotListedHasNoLimits() {
        Account account = ring.find("sk-other").orElseThrow().account().orElseThrow();

        assertThat(account.tenant().name()).isEqualTo("unlisted");
        assertThat(account.quota()).isEqualTo(Quota.NONE);
    }

    @Test
    void anAdminKeyHasNoTenant() {
        ApiKey key = ring.find("sk-ops").orElseThrow();

        assertThat(key.admin()).isTrue();
        assertThat(key.account()).isEmpty();
    }

    @Test
    void aKeyThatIsNotListedIsUnknown() {
        assertThat(List.of("", "sk-c", "sk-cj", "sk-ci ", KeyHash.of("sk-ci").hex()))
                .allSatisfy(key -> assertThat(ring.find(key)).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "keys = [{ name = a, sha256 = 12, tenant = t }] | 64 hexadecimal digits",
                "keys = [{ name = a, sha256 = H, tenant = t, quota = 5 }] | has no field quota",
                "tenants.t { request-per-minute = 1 }, keys = [] | has no field request-per-minute",
                "tenants.t { weight = 0 }, keys = [] | weight of tenant 't'",
                "tenants.t { concurrent = -1 }, keys = [] | concurrent must be at least 0",
                "keys = [{ name = a, sha256 = H }] | neither a tenant nor admin",
                "keys = [{ name = a, sha256 = H, tenant = t }, { name = b, sha256 = H, tenant = t }] | listed twice",
                "keys = [{ name = a, sha256 = H, tenant = t }, { name = a, sha256 = G, tenant = t }] | two keys are named",
                "tenants {} | keys",
                "keys = 3 | keys",
                "kees = [] | has no field kees",
                "keys = [ | "
            })
    void aWrongFileSaysWhatIsWrong(String text, @Nullable String message) {
        String file = text.replace("H", KeyHash.of("h").hex())
                .replace("G", KeyHash.of("g").hex());

        assertThatThrownBy(() -> KeyFile.parse(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message == null ? "" : message);
    }

    @Test
    void nothingOfAKeyIsInItsText() {
        SecuritySettings settings = new SecuritySettings(
                Optional.empty(),
                List.of("sk-secret"),
                List.of("sk-secret-2"),
                java.time.Duration.ofSeconds(1),
                false,
                true,
                false,
                Optional.empty());

        assertThat(settings.toString()).doesNotContain("secret");
        assertThat(ring.toString())
                .doesNotContain("sk-ci")
                .doesNotContain(KeyHash.of("sk-ci").hex());
    }
}
