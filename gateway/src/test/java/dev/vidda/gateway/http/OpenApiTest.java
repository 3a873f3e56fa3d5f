package dev.vidda.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.gateway.openai.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The description of the API against the API. */
class OpenApiTest {

    @Test
    void everyRouteIsDescribedAndEveryDescriptionIsARoute() throws IOException {
        Set<String> routes = new TreeSet<>();
        String source = Files.readString(Path.of("src/main/java/dev/vidda/gateway/http/HttpApi.java"));
        String router = source.substring(source.indexOf("return switch (path)"), source.indexOf("default -> {"));
        for (String line : router.split("\n")) {
            Matcher literal = Pattern.compile("\"(/[^\"]*)\"").matcher(line.split("->")[0]);
            while (line.contains("case ") && literal.find()) {
                routes.add(literal.group(1));
            }
        }
        routes.add("/v1/models/{id}");
        JsonNode document;
        try (TestGateway gateway = TestGateway.start()) {
            document = Json.object(gateway.get("/openapi.json").body().getBytes(StandardCharsets.UTF_8));
            for (var path : document.path("paths").properties()) {
                String method = path.getValue().fieldNames().next();
                int status = method.equals("get")
                        ? gateway.get(path.getKey().replace("{id}", TestGateway.MODEL))
                                .statusCode()
                        : gateway.post(path.getKey(), "").statusCode();
                assertThat(status).as(path.getKey()).isIn(200, 400, 415);
            }
        }
        Set<String> described = new TreeSet<>();
        document.path("paths").fieldNames().forEachRemaining(described::add);
        assertThat(described).isEqualTo(routes);
    }
}
