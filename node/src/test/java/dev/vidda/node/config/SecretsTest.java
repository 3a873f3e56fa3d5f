package dev.vidda.node.config;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SecretsTest {
    @ParameterizedTest
    @CsvSource({
        "vidda.tracing.headers, true",
        "vidda.gateway.security.api-keys, true",
        "vidda.gateway.security.admin-keys, true",
        "vidda.gateway.security.keys-file, false",
        "vidda.tracing.endpoint, false",
        "vidda.gateway.port, false"
    })
    void whatMustNotBePrintedIsKnownByItsName(String key, boolean secret) {
        assertThat(Secrets.isSecret(key)).isEqualTo(secret);
    }
}
