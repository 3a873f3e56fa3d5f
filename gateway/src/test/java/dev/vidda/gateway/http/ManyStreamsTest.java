package dev.vidda.gateway.http;

import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.WorkerCommand;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Many streams share the worker's frames; half of their clients leave amid the answers. */
class ManyStreamsTest {
    private static final int STREAMS = 64;
    private static final int STEPS = 60;
    private static final Pattern TEXT = Pattern.compile("\"text\":\"([^\"]*)\"");

    private final List<TestSequence> sequences = new ArrayList<>();
    private final List<HttpResponse<InputStream>> responses = new ArrayList<>();

    @Test
    void everyStreamIsWholeAndNothingIsLeftBehind() throws IOException {
        try (TestGateway gateway = TestGateway.start()) {
            open(gateway);
            for (int step = 0; step < STEPS / 2; step++) {
                step(gateway, step, false);
            }
            Set<String> left = new TreeSet<>();
            for (int i = 0; i < STREAMS; i += 2) {
                responses.get(i).body().close();
                left.add(sequences.get(i).id());
            }
            assertThat(cancelled(gateway)).isEqualTo(left);
            assertThat(gateway.openRequests()).isEqualTo(STREAMS / 2);
            for (int step = STEPS / 2; step < STEPS; step++) {
                step(gateway, step, step == STEPS - 1);
            }
            for (int i = 1; i < STREAMS; i += 2) {
                assertThat(text(responses.get(i))).as("stream " + i).isEqualTo(expected(i));
            }
            assertThat(released(gateway)).hasSize(STREAMS);
            assertThat(gateway.openRequests()).isZero();
        }
    }

    private void open(TestGateway gateway) {
        for (int i = 0; i < STREAMS; i++) {
            CompletableFuture<HttpResponse<InputStream>> response =
                    gateway.openAsync("/v1/completions", "{'prompt':'" + i + "','stream':true}");
            sequences.add(gateway.admit());
            responses.add(response.join());
        }
    }

    /** One frame with a token for each stream, as a worker sends it; those that left are still in it. */
    private void step(TestGateway gateway, int step, boolean last) {
        List<TokenDelta> deltas = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            Optional<Finish> finish =
                    last ? Optional.of(new Finish(FinishReason.LENGTH, -1, 0, 0, "")) : Optional.empty();
            TokenIds token = TokenIds.of(TestSequence.ids(letter(i, step)));
            deltas.add(new TokenDelta(sequences.get(i).id(), 0, step, token, List.of(), finish));
        }
        sequences.getFirst().start().gateway().tell(new TokenFrame("worker-1", gateway.takeFrameNumber(), deltas));
    }

    private static String letter(int stream, int step) {
        return Character.toString('a' + (stream * 7 + step) % 26);
    }

    private static String expected(int stream) {
        StringBuilder text = new StringBuilder();
        for (int step = 0; step < STEPS; step++) {
            text.append(letter(stream, step));
        }
        return text.toString();
    }

    private static String text(HttpResponse<InputStream> response) throws IOException {
        String body = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(body).endsWith("data: [DONE]\n\n");
        StringBuilder text = new StringBuilder();
        Matcher matcher = TEXT.matcher(body);
        while (matcher.find()) {
            text.append(matcher.group(1));
        }
        return text.toString();
    }

    private static Set<String> cancelled(TestGateway gateway) {
        Set<String> ids = new TreeSet<>();
        for (int i = 0; i < STREAMS / 2; i++) {
            ids.add(gateway.worker
                    .expectMessageClass(WorkerCommand.Cancel.class)
                    .requestId());
        }
        return ids;
    }

    private static Set<String> released(TestGateway gateway) {
        Set<String> ids = new TreeSet<>();
        for (int i = 0; i < STREAMS; i++) {
            ids.add(gateway.scheduler
                    .expectMessageClass(SchedulerCommand.Release.class)
                    .requestId());
        }
        return ids;
    }
}
