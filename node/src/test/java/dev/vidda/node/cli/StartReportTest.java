package dev.vidda.node.cli;

import com.typesafe.config.ConfigFactory;
import dev.vidda.node.NodeReady;
import dev.vidda.node.NodeSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StartReportTest {
    private static final Path ROOT = Path.of(System.getProperty("vidda.root", ".."));

    @Test
    void withoutKeysItSaysThatOnlyThisMachineIsLetIn() {
        assertThat(report("127.0.0.1", Map.of()))
                .contains("http://localhost:8443")
                .contains("access    from this machine only, without a key")
                .doesNotContain("Authorization");
    }

    @Test
    void withoutKeysOnAnAddressOfOthersItSaysSoLoudly() {
        assertThat(report("192.0.2.7", Map.of("insecure", true))).contains("FOR EVERYBODY");
    }

    @Test
    void withKeysAndTlsTheExampleWorksAsItStands() {
        assertThat(report(
                        "192.0.2.7",
                        Map.of("api-keys", "secret-of-a-tenant", "tls.certificate", "c.pem", "tls.key", "k.pem")))
                .contains("ready     https://192.0.2.7:8443")
                .contains("access    with an API key")
                .contains("curl -N https://192.0.2.7:8443/v1/chat/completions")
                .contains("-H 'Authorization: Bearer KEY' ")
                .doesNotContain("secret-of-a-tenant");
    }

    private static String report(String host, Map<String, ?> security) {
        var config = ConfigFactory.parseMap(security)
                .atPath("vidda.gateway.security")
                .withFallback(ConfigFactory.load());
        NodeReady ready = new NodeReady(Optional.of(new InetSocketAddress(host, 8443)), List.of(), Optional.empty());
        return StartReport.of(NodeSettings.from(config, ROOT), ready);
    }
}
