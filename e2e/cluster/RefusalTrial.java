import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Locale;

/**
 * How long a client waits to be told that its request can never fit, while the line of waiting requests is full.
 *
 * <p>Start {@code ./vidda serve --port 18090 --memory 8MiB}, then run {@code java e2e/cluster/RefusalTrial.java 18090}.
 */
final class RefusalTrial {
    private static final int HOLDERS = 40;
    private static final int MEASURED = 1_000;
    private static final int WARM_UP = 300;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RefusalTrial() {}

    public static void main(String[] args) throws Exception {
        URI completions = URI.create("http://127.0.0.1:" + args[0] + "/v1/completions");
        for (int i = 0; i < HOLDERS; i++) {
            Thread.ofVirtual().start(() -> hold(completions));
        }
        String small = "\"x\"";
        while (send(completions, small, 900).statusCode() != 429) {
            Thread.sleep(20);
        }
        String large = Arrays.toString(new int[1_500]).replace("0", "7");
        long[] nanos = new long[MEASURED];
        String body = "";
        for (int i = -WARM_UP; i < MEASURED; i++) {
            long from = System.nanoTime();
            HttpResponse<String> refused = send(completions, large, 100);
            if (i >= 0) {
                nanos[i] = System.nanoTime() - from;
            }
            body = refused.statusCode() + " " + refused.body();
            if (refused.statusCode() != 400) {
                throw new IllegalStateException("expected 400, got " + body);
            }
        }
        int full = send(completions, small, 900).statusCode();
        Arrays.sort(nanos);
        System.out.println(body);
        System.out.printf(
                Locale.ROOT,
                "never-fit refusals: p50 %.2f ms, p99 %.2f ms, max %.2f ms; a request that could fit got %d%n",
                nanos[MEASURED / 2] / 1e6,
                nanos[(int) (MEASURED * 0.99)] / 1e6,
                nanos[MEASURED - 1] / 1e6,
                full);
        System.exit(0);
    }

    /** Keeps a place in the line, and takes a new one whenever it is through. */
    private static void hold(URI completions) {
        try {
            while (true) {
                if (send(completions, "\"x\"", 900).statusCode() != 200) {
                    Thread.sleep(200);
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpResponse<String> send(URI uri, String prompt, int tokens) throws Exception {
        return CLIENT.send(request(uri, prompt, tokens), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest request(URI uri, String prompt, int tokens) {
        String body = "{\"model\":\"demo\",\"prompt\":" + prompt + ",\"ignore_eos\":true,\"max_tokens\":" + tokens + "}";
        return HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
