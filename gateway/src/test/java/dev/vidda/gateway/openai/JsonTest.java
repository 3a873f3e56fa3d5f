package dev.vidda.gateway.openai;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JsonTest {
    @Test
    void treesBecomePlainValuesForTemplates() {
        var object = Json.object(
                "{\"a\":[1,2.5,\"x\",true,null],\"b\":{\"c\":12345678901234}}".getBytes(StandardCharsets.UTF_8));

        assertThat(Json.plainMap(object))
                .isEqualTo(Map.of("a", Arrays.asList(1L, 2.5, "x", true, null), "b", Map.of("c", 12345678901234L)));
    }

    @Test
    void errorsQuoteWholeCharactersAndOnlySoManyOfThem() {
        ApiError odd = ApiError.modelNotFound("\ud800" + "x".repeat(5000), List.of());

        assertThat(odd.message()).contains("\ufffd").endsWith("...").hasSizeLessThan(2100);
        assertThat(new String(Json.bytes(odd.json()), StandardCharsets.UTF_8)).contains("model_not_found");
    }

    @Test
    void charactersBeyondTheBasicPlaneAreWrittenAsTheyAre() {
        String json =
                new String(Json.bytes(Json.MAPPER.createObjectNode().put("a", "\ud83d\ude00")), StandardCharsets.UTF_8);

        assertThat(json).isEqualTo("{\"a\":\"\ud83d\ude00\"}");
    }
}
