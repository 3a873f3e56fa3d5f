package dev.vidda.gateway.security;

import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.Json;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TermsReaderTest {
    private static final Caller RESEARCH =
            new Caller("ci", Optional.of(new Account(new Tenant("research", 2, 4096), Quota.NONE)), false, 0);

    @Test
    void aRequestThatSaysNothingIsStandardAndWaitsAsLongAsItTakes() {
        Terms terms = read(Caller.ANYONE, Map.of(), "{}");

        assertThat(terms)
                .isEqualTo(new Terms(Tenant.ANYONE, ServiceClass.STANDARD, false, new Patience(7, 0, 0, 0), false, ""));
    }

    @Test
    void headersSayHowToSchedule() {
        Terms terms = read(
                RESEARCH,
                Map.of(
                        "x-vidda-class", "Interactive",
                        "x-vidda-guaranteed", "true",
                        "x-vidda-queue-timeout-ms", "2000",
                        "x-llm-d-slo-ttft-ms", "250",
                        "x-llm-d-slo-tpot-ms", "19.6"),
                "{}");

        assertThat(terms.serviceClass()).isEqualTo(ServiceClass.INTERACTIVE);
        assertThat(terms.guaranteed()).isTrue();
        assertThat(terms.patience()).isEqualTo(new Patience(7, 2000, 250, 20));
        assertThat(terms.tenant()).isEqualTo(new Tenant("research", 2, 4096));
    }

    @Test
    void theBodyWinsOverHeaders() {
        Terms terms = read(
                RESEARCH,
                Map.of("x-vidda-class", "batch", "x-vidda-ttft-ms", "5"),
                "{'vidda': {'class': 'standard', 'ttft_ms': 300, 'guaranteed': true}, 'service_tier': 'flex'}");

        assertThat(terms.serviceClass()).isEqualTo(ServiceClass.STANDARD);
        assertThat(terms.guaranteed()).isTrue();
        assertThat(terms.patience().ttftTargetMillis()).isEqualTo(300);
    }

    @ParameterizedTest
    @CsvSource({"flex,BATCH", "priority,INTERACTIVE", "default,STANDARD", "auto,STANDARD", "other,STANDARD"})
    void openAisTiersAreClasses(String tier, ServiceClass expected) {
        assertThat(read(RESEARCH, Map.of(), "{'service_tier': '" + tier + "'}").serviceClass())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "x-vidda-class, urgent",
        "x-vidda-guaranteed, yes",
        "x-vidda-ttft-ms, soon",
        "x-vidda-ttft-ms, 0",
        "x-vidda-itl-ms, -3",
        "x-vidda-queue-timeout-ms, 1e300",
        "x-vidda-queue-timeout-ms, NaN"
    })
    void aWrongHeaderIsNamed(String name, String value) {
        assertThatThrownBy(() -> read(RESEARCH, Map.of(name, value), "{}"))
                .isInstanceOfSatisfying(ApiException.class, e -> {
                    assertThat(e.error().status()).isEqualTo(400);
                    assertThat(e.error().param()).isEqualTo(name);
                    assertThat(e.error().message()).contains(value);
                });
    }

    @Test
    void aWrongFieldIsNamed() {
        assertThatThrownBy(() -> read(RESEARCH, Map.of(), "{'vidda': {'itl_ms': {'a': 1}}}"))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.error().param()).isEqualTo("vidda.itl_ms"));
    }

    @ParameterizedTest
    @CsvSource({"{'vidda': 5}, vidda", "{'vidda': {'clas': 'batch'}}, vidda.clas"})
    void whatIsNoFieldOfOursIsNamedWithThoseThereAre(String body, String param) {
        assertThatThrownBy(() -> read(RESEARCH, Map.of(), body)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.error().param()).isEqualTo(param);
            assertThat(e.error().message()).contains("queue_timeout_ms");
        });
    }

    @Test
    void clientsNameTheirTenantOnlyWhereThereAreNoKeys() {
        Map<String, String> headers = Map.of("x-llm-d-inference-fairness-id", "flow-1");

        assertThat(read(Caller.ANYONE, headers, "{}").tenant().name()).isEqualTo("flow-1");
        assertThat(read(Caller.ANYONE, Map.of(), "{'user': 'u'}").tenant().name())
                .isEqualTo("u");
        assertThat(read(RESEARCH, headers, "{'user': 'u'}").tenant().name()).isEqualTo("research");
    }

    @Test
    void noTwoTenantsShareASaltWhateverTheirClientsSend() {
        Set<String> salts = new HashSet<>();
        List<String> names = List.of("a", "ab", "1:a", "b", "2:ab");
        List<String> clientSalts = List.of("", "a", "b", "bb", "1:a", "a1:a");
        for (String name : names) {
            for (String salt : clientSalts) {
                Caller caller = new Caller("k", Optional.of(new Account(new Tenant(name, 1, 0), Quota.NONE)), false, 0);
                assertThat(salts.add(read(caller, Map.of(), "{}").salt(salt)))
                        .as("tenant %s, salt %s", name, salt)
                        .isTrue();
            }
        }
    }

    @Test
    void tenantsSharePrefixesWhereThatIsConfigured() {
        Terms terms = new TermsReader(true)
                .read(
                        permit(RESEARCH),
                        name -> Optional.empty(),
                        Json.object("{}".getBytes(StandardCharsets.UTF_8)),
                        7);

        assertThat(terms.salt("s")).isEqualTo("s");
    }

    private static Terms read(Caller caller, Map<String, String> headers, String json) {
        return new TermsReader(false)
                .read(
                        permit(caller),
                        name -> Optional.ofNullable(headers.get(name)),
                        Json.object(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)),
                        7);
    }

    private static Permit permit(Caller caller) {
        return Permit.enter(caller, caller.account().orElseThrow(), new Meter(), new Meter(), () -> 0);
    }
}
