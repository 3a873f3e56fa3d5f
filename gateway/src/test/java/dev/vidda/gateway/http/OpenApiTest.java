package dev.vidda.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.gateway.openai.Json;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
                if (path.getKey().startsWith("/admin/")) {
                    continue;
                }
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
        described.removeIf(path -> path.startsWith("/admin/"));
        assertThat(described).isEqualTo(routes);
    }

    @Test
    void everyRouteForAdminsIsDescribedAndEveryDescriptionIsARoute() throws IOException {
        Set<String> routes = new TreeSet<>();
        String source = Files.readString(Path.of("src/main/java/dev/vidda/gateway/http/AdminApi.java"));
        Matcher literal = Pattern.compile("case \"(/admin/[^\"]*)\"").matcher(source);
        while (literal.find()) {
            routes.add(literal.group(1));
        }
        routes.add("/admin/workers/{id}");
        AdminApi.ORDERS.forEach(order -> routes.add("/admin/workers/{id}/" + order));
        Set<String> described = new TreeSet<>();
        try (TestGateway gateway = TestGateway.start()) {
            JsonNode document = Json.object(gateway.get("/openapi.json").body().getBytes(StandardCharsets.UTF_8));
            document.path("paths").properties().stream()
                    .filter(path -> path.getKey().startsWith("/admin/"))
                    .forEach(path -> {
                        described.add(path.getKey());
                        Set<String> methods = new TreeSet<>();
                        path.getValue().fieldNames().forEachRemaining(methods::add);
                        for (String method : List.of("GET", "POST", "PATCH", "DELETE")) {
                            int status = status(gateway, method, path.getKey());
                            assertThat(status == 405)
                                    .as("%s %s is %d, described are %s", method, path.getKey(), status, methods)
                                    .isEqualTo(!methods.contains(method.toLowerCase(Locale.ROOT)));
                        }
                    });
        }
        assertThat(described).isEqualTo(routes);
    }

    /** A body that no endpoint takes, so that nothing is ordered and nobody is waited for. */
    private static int status(TestGateway gateway, String method, String path) {
        HttpRequest.BodyPublisher body =
                method.equals("GET") ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString("[]");
        return gateway.send(HttpRequest.newBuilder(gateway.uri(path.replace("{id}", "nobody")))
                        .method(method, body)
                        .build())
                .statusCode();
    }
}
