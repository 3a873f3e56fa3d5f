package dev.vidda.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class KnownKeysTest {
    private static final Config REFERENCE = ConfigFactory.parseString("""
            vidda {
              gateway { port = 8080, port = ${?SOME_PORT}, keep-alive = 75s, tenants {} }
              worker { prefix-cache = true, text-dispatcher { type = Dispatcher } }
            }
            akka.loglevel = WARNING
            """);
    private static final KnownKeys KNOWN = KnownKeys.of(REFERENCE);

    @Test
    void onlyKeysOfViddaCount() {
        assertThat(KNOWN.leaves())
                .containsExactly("vidda.gateway.keep-alive", "vidda.gateway.port", "vidda.worker.prefix-cache");
        assertThat(KNOWN.open()).containsExactlyInAnyOrder("vidda.gateway.tenants", "vidda.worker.text-dispatcher");
    }

    @Test
    void theVariableOfAKeyIsKnown() {
        assertThat(KNOWN.variable("vidda.gateway.port")).contains("SOME_PORT");
        assertThat(KNOWN.variable("vidda.gateway.keep-alive")).isEmpty();
    }

    @Test
    void unknownKeysAreFoundAtEveryDepth() {
        Config given = ConfigFactory.parseString("""
                vidda { gatway.port = 1, gateway { prt = 2, port { number = 3 }, tenants.acme = {} } }
                vidda.worker.text-dispatcher.throughput = 1
                akka.anything = 4
                """);

        assertThat(KNOWN.unknownIn(given))
                .containsExactly("vidda.gateway.port.number", "vidda.gateway.prt", "vidda.gatway.port");
    }

    @Test
    void rootsThatNobodyReadsAreFound() {
        Config given = ConfigFactory.parseString("""
                vidaa.gateway { port = 1, prt = 2 }
                akkaa {}
                "my root".x = 3
                common { port = 4 }
                plain = 5
                gateway.port = 6
                vidda.gateway { port = ${common.port}, keep-alive = ${?plain} }
                """);

        assertThat(KNOWN.unknownIn(given))
                .containsExactly("\"my root\".x", "akkaa", "gateway.port", "vidaa.gateway.port", "vidaa.gateway.prt");
        assertThat(KNOWN.nearest("\"my root\".x")).isEmpty();
        assertThat(KNOWN.nearest("akkaa")).contains("akka");
        assertThat(KNOWN.nearest("gateway.port")).contains("vidda.gateway.port");
        assertThat(KNOWN.nearest("vidaa.gateway.port")).contains("vidda.gateway.port");
        assertThat(KNOWN.nearest("vidaa.gateway.prt")).contains("vidda.gateway.port");
        assertThat(KNOWN.nearest("aka.loglevel")).contains("akka.loglevel");
    }

    @Test
    void theNearestKeyIsTheOneMeant() {
        assertThat(KNOWN.nearest("vidda.gateway.prt")).contains("vidda.gateway.port");
        assertThat(KNOWN.nearest("vidda.gateway.keepalive")).contains("vidda.gateway.keep-alive");
        assertThat(KNOWN.nearest("vidda.gateway.prefix-cache")).contains("vidda.worker.prefix-cache");
        assertThat(KNOWN.nearest("vidda.gateway.colour")).isEmpty();
    }

    @Test
    void keysAreNamedAsAWholeOnly() {
        List<String> keys = List.of("a.b", "a.b.c", "a.b-c");

        assertThat(KnownKeys.namedIn("a.b-c must be more than a.b.c", keys)).containsExactly("a.b-c", "a.b.c");
        assertThat(KnownKeys.namedIn("nobody reads a.b.", keys)).containsExactly("a.b");
    }

    @Test
    void distancesCountWhatATypistDoes() {
        assertThat(EditDistance.between("port", "port")).isZero();
        assertThat(EditDistance.between("port", "prt")).isEqualTo(1);
        assertThat(EditDistance.between("port", "prot")).isEqualTo(1);
        assertThat(EditDistance.between("", "port")).isEqualTo(4);
    }
}
