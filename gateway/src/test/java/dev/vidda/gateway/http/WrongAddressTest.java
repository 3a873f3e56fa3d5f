package dev.vidda.gateway.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What is wrong before a body is looked at. */
class WrongAddressTest {
    @RegisterExtension
    private static final TestGateway gateway = TestGateway.start();

    @ParameterizedTest
    @CsvSource({
        "/chat/completions, /v1/chat/completions",
        "/v1/v1/chat/completions, /v1/chat/completions",
        "/completions, /v1/completions",
        "/models, /v1/models"
    })
    void aWrongBaseUrlIsExplained(String asked, String meant) {
        HttpResponse<String> response = gateway.post(asked, "{}");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("Did you mean '" + meant + "'? Check the base URL");
        assertThat(gateway.get("/v1/embeddings").body()).contains("There is nothing at '/v1/embeddings'.\"");
    }

    @Test
    void aCompressedBodyIsRefusedByName() {
        HttpResponse<String> response =
                gateway.send(gateway.request("/v1/completions", "{'prompt':'a'}", Map.of("Content-Encoding", "gzip")));

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.body()).contains("content encoding is 'gzip'", "unsupported_media_type");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /livez HTTP/1.1\\r\\n\\r\\n | 400 | missing required `Host`",
                "GET /%zz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400 | Illegal request-target",
                "GET /livez HTTP/3.0\\r\\nHost: a\\r\\n\\r\\n | 505 | HTTP protocol version"
            })
    void whatHttpDoesNotUnderstandHasTheFormOfAllErrors(String request, int status, String message) throws IOException {
        try (RawClient client = new RawClient(gateway).send(request.replace("\\r\\n", "\r\n"))) {
            assertThat(client.untilClosed().join())
                    .startsWith("HTTP/1.1 " + status)
                    .contains(
                            "Content-Type: application/json",
                            "{\"error\":{\"message\":\"The HTTP request cannot be",
                            message)
                    .contains("\"type\":\"", "\"param\":null,\"code\":\"malformed_request\"}}");
        }
    }
}
