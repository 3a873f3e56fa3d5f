package dev.vidda.gateway.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Requests as they come from broken programs and from people with bad intentions, from a seed. */
final class MalformedRequests {
    private static final List<String> PATHS = List.of(
            "/v1/chat/completions",
            "/v1/completions",
            "/v1/responses",
            "/v1/messages",
            "/tokenize",
            "/detokenize",
            "/v1/qwen3/instruct",
            "/v1/messages/count_tokens");
    private static final List<String> BODIES = List.of(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"temperature\":0.5,\"n\":2,\"stream\":true}",
            "{\"messages\":[{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\","
                    + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},{\"role\":\"user\",\"content\":\"x\"}]}",
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}],\"max_tokens\":5,"
                    + "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":"
                    + "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":3},"
                    + "\"b\":{\"type\":\"string\",\"pattern\":\"^[a-z]{2,5}$\"}},\"required\":[\"a\"]}}}}",
            "{\"prompt\":[\"a\",\"b\"],\"logprobs\":3,\"stop\":[\"x\"],\"logit_bias\":{\"5\":-2},\"seed\":1}",
            "{\"prompt\":\"a\",\"guided_regex\":\"(ab|c)*d\",\"guided_choice\":[\"x\"]}",
            "{\"input\":[{\"role\":\"user\",\"content\":\"x\"}],\"instructions\":\"y\",\"text\":{\"format\":{\"type\":\"text\"}}}",
            "{\"tokens\":[1,2,3]}",
            "{\"max_tokens\":3,\"system\":\"s\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\","
                    + "\"tool_use_id\":\"t\",\"content\":\"c\"}]}],\"tools\":[{\"name\":\"f\",\"input_schema\":{}}]}");
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "-1",
            "1e400",
            "99999999999999999999999999",
            "\"\"",
            "\"\\ud800\"",
            "[]",
            "{}",
            "[[[[1]]]]",
            "\"\\u0000\"",
            "0.5",
            "[null]",
            "{\"a\":{\"b\":[]}}",
            "1e-400",
            "\"x\"",
            "[\"\"]",
            "{\"$ref\":\"#\"}",
            "NaN");

    private final Random random;

    /** One request, ready to be sent over a socket. */
    record Malformed(byte[] bytes, boolean keepsSending) {}

    MalformedRequests(long seed) {
        random = new Random(seed);
    }

    Malformed next() {
        if (random.nextInt(8) == 0) {
            return badHead();
        }
        byte[] body = body();
        String type = random.nextInt(40) == 0
                ? pick(List.of("text/html", "*", "", "application/json;;;"))
                : "application/json";
        int declared = random.nextInt(25) == 0 ? body.length + random.nextInt(20) - 10 : body.length;
        String path = random.nextInt(40) == 0 ? "/v1/%ff/../" + random.nextInt() : pick(PATHS);
        String query = random.nextInt(10) == 0
                ? "?temperature="
                        + pick(VALUES)
                                .replace("\"", "%22")
                                .replace("{", "")
                                .replace("}", "")
                                .replace("[", "")
                                .replace("]", "")
                                .replace("$", "")
                                .replace("#", "")
                                .replace("\\", "")
                : "";
        String head = (random.nextInt(40) == 0 ? "PUT " : "POST ") + path + query
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: " + type + "\r\nContent-Length: "
                + Math.max(0, declared) + "\r\n\r\n";
        return new Malformed(join(head.getBytes(StandardCharsets.ISO_8859_1), body), declared > body.length);
    }

    private byte[] body() {
        String json = pick(BODIES);
        return switch (random.nextInt(9)) {
            case 0 -> utf8(json.substring(0, random.nextInt(json.length())));
            case 1 -> flipped(utf8(json));
            case 2 -> utf8(replaced(json));
            case 3 -> utf8(replaced(replaced(json)));
            case 4 -> utf8(deep());
            case 5 ->
                utf8(json.replace("Hi", "x".repeat(random.nextInt(20_000)))
                        .replace("\"a\"", "\"" + "y ".repeat(random.nextInt(500)) + "\""));
            case 6 -> garbage();
            case 7 -> utf8(json + pick(List.of("}", "x", json, "\u0000", ",")));
            default -> utf8(renamed(json));
        };
    }

    private String replaced(String json) {
        int colon = json.indexOf(':', random.nextInt(json.length()));
        if (colon < 0) {
            return json;
        }
        int end = colon + 1;
        int depth = 0;
        boolean quoted = false;
        for (; end < json.length(); end++) {
            char c = json.charAt(end);
            quoted ^= c == '"';
            depth += quoted ? 0 : c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            if (depth < 0 || (depth == 0 && !quoted && c == ',')) {
                break;
            }
        }
        return json.substring(0, colon + 1) + pick(VALUES) + json.substring(end);
    }

    private String renamed(String json) {
        List<String> keys = List.of(
                "tools",
                "tool_choice",
                "response_format",
                "stop",
                "n",
                "best_of",
                "stream_options",
                "chat_template_kwargs",
                "min_tokens",
                "max_completion_tokens",
                "top_logprobs",
                "logprobs",
                "guided_json",
                "structured_outputs",
                "messages",
                "prompt",
                "input",
                "system",
                "thinking",
                "metadata",
                "user",
                "cache_salt",
                "priority");
        return "{\"" + pick(keys) + "\":" + pick(VALUES) + "," + json.substring(1);
    }

    private String deep() {
        int depth = 1 + random.nextInt(3000);
        return switch (random.nextInt(3)) {
            case 0 -> "[".repeat(depth);
            case 1 -> "{\"messages\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
            default ->
                "{\"prompt\":\"a\",\"guided_json\":" + "{\"items\":".repeat(depth) + "{}" + "}".repeat(depth) + "}";
        };
    }

    private byte[] flipped(byte[] bytes) {
        for (int i = 0; i <= random.nextInt(6); i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private byte[] garbage() {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }

    private Malformed badHead() {
        String line = "POST " + pick(PATHS) + " HTTP/1.1\r\n";
        String head = switch (random.nextInt(9)) {
            case 0 -> line + "Host: x\r\nX-Long: " + "h".repeat(random.nextInt(40_000)) + "\r\n\r\n";
            case 1 -> line + "X: y\r\n".repeat(random.nextInt(300)) + "\r\n";
            case 2 ->
                line + "Host: x\r\nContent-Length: " + pick(List.of("-1", "x", "1e3", "99999999999999999999"))
                        + "\r\n\r\n";
            case 3 ->
                line
                        + "Host: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nzz\r\n{}\r\n0\r\n\r\n";
            case 4 -> line + "Host: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}";
            case 5 -> line + "Host: x\r\n: empty\r\nBad Header\r\n\r\n";
            case 6 ->
                "GET /" + "a".repeat(random.nextInt(20_000)) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            case 7 ->
                pick(List.of("", "\r\n\r\n", "FOO / HTTP/9.9\r\n\r\n", "\u0016\u0003\u0001", "GET / HTTP/1.1\r\n"));
            default ->
                line + "Host: x\r\nX-Request-Id: \u0001\u0002" + "i".repeat(random.nextInt(500))
                        + "\r\nAuthorization: Bearer \u00ff\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        };
        return new Malformed(head.getBytes(StandardCharsets.ISO_8859_1), true);
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] join(byte[] first, byte[] second) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(first);
        bytes.writeBytes(second);
        return bytes.toByteArray();
    }
}
