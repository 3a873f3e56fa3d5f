import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One streaming request of a client: its text, its usage, and when its pieces came. */
final class Stream implements Runnable {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Pattern TEXT = Pattern.compile("\"text\":\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern INDEX = Pattern.compile("\"index\":(\\d+)");
    private static final Pattern LOGPROBS = Pattern.compile("\"token_logprobs\":\\[([^]]*)]");
    private static final Pattern USAGE = Pattern.compile("\"completion_tokens\":(\\d+)");
    private static final Pattern FINISH = Pattern.compile("\"finish_reason\":\"(\\w+)\"");

    /** What one sample says, however it is cut into pieces. */
    private static final class Sample {
        private final StringBuffer text = new StringBuffer();
        private final StringBuffer logprobs = new StringBuffer();

        @Override
        public String toString() {
            return text + " " + logprobs;
        }
    }

    final int number;
    final Member gateway;
    private final String model;
    private final int tokens;
    private final List<Sample> samples = new ArrayList<>();

    private final CountDownLatch running;
    private final long submitted = System.nanoTime();
    private volatile int pieces;
    private volatile String end = "no end";
    private volatile int usage = -1;
    private volatile long firstAt;
    private volatile long lastAt;
    private volatile long faultAt = Long.MAX_VALUE;
    /** The longest time without a piece that ended after the fault, in nanoseconds. */
    private volatile long pause;
    private volatile long pauseEndedAt;

    Stream(int number, Member gateway, int tokens, CountDownLatch running) {
        this(number, gateway, "demo", tokens, running);
    }

    Stream(int number, Member gateway, String model, int tokens, CountDownLatch running) {
        this.number = number;
        this.model = model;
        this.gateway = gateway;
        this.tokens = tokens;
        this.running = running;
        for (int i = 0; i < (hasSamples() ? 2 : 1); i++) {
            samples.add(new Sample());
        }
    }

    /** Every fifth has several samples and log probabilities. */
    private boolean hasSamples() {
        return number % 5 == 4;
    }

    @Override
    public void run() {
        String body = """
                {"model":"%s","prompt":"Solve %dx + %d = %d.","stream":true,"temperature":0.9,"seed":%d,\
                "max_tokens":%d,"ignore_eos":true,"frequency_penalty":0.2,"stream_options":{"include_usage":true}%s}"""
                .formatted(
                        model,
                        number + 2,
                        number + 5,
                        10 * number + 20,
                        1000 + number,
                        tokens,
                        hasSamples() ? ",\"n\":2,\"logprobs\":2" : "");
        HttpRequest request = HttpRequest.newBuilder(gateway.url("/v1/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            var response = CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(response.body()))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    take(line, response.statusCode());
                }
            }
        } catch (IOException e) {
            end = "connection lost: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (pieces == 0) {
                running.countDown();
            }
        }
    }

    private void take(String line, int status) {
        if (line.contains("\"error\"")) {
            end = status + " " + line;
            return;
        }
        if (line.equals("data: [DONE]")) {
            end = end.startsWith("no end") || end.startsWith("finished") ? end + " done" : end;
            return;
        }
        takeSample(line);
        Matcher piece = TEXT.matcher(line);
        if (piece.find() && !piece.group(1).isEmpty()) {
            long now = System.nanoTime();
            if (now > faultAt && pieces > 0 && now - lastAt > pause) {
                pause = now - lastAt;
                pauseEndedAt = now;
            }
            lastAt = now;
            if (pieces++ == 0) {
                firstAt = now;
                running.countDown();
            }
        }
        Matcher used = USAGE.matcher(line);
        if (used.find()) {
            usage = Integer.parseInt(used.group(1));
        }
        Matcher finish = FINISH.matcher(line);
        if (finish.find()) {
            end = "finished by " + finish.group(1);
        }
    }

    private void takeSample(String line) {
        Matcher index = INDEX.matcher(line);
        if (index.find()) {
            Sample sample = samples.get(Integer.parseInt(index.group(1)));
            Matcher piece = TEXT.matcher(line);
            if (piece.find()) {
                sample.text.append(piece.group(1));
            }
            Matcher logprobs = LOGPROBS.matcher(line);
            if (logprobs.find()) {
                sample.logprobs.append(logprobs.group(1)).append(',');
            }
        }
    }

    /** From now on the longest pause is measured. */
    void fault() {
        faultAt = System.nanoTime();
    }

    /** Text, usage and end: all that must be the same in each run. */
    String result() {
        return end + ", " + usage + " tokens: " + text();
    }

    String text() {
        return samples.stream().map(Sample::toString).collect(Collectors.joining(" | "));
    }

    String end() {
        return end;
    }

    boolean isComplete() {
        return end.startsWith("finished") && end.endsWith("done");
    }

    double pauseSeconds() {
        return pause / 1e9;
    }

    /** When the longest pause was over, as {@link System#nanoTime}. */
    long pauseEndedAt() {
        return pauseEndedAt;
    }

    double firstSeconds() {
        return (firstAt - submitted) / 1e9;
    }
}
