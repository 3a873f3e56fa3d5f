package dev.vidda.gateway.http;

import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients that want to know where in the line they are. */
class QueueProgressTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASKING =
            "{'messages':[{'role':'user','content':'Hi'}],'stream':true,'vidda':{'queue_progress':true}}";

    @RegisterExtension
    private static final TestGateway gateway = TestGateway.start();

    private static void queued(SchedulerCommand.Admit admit, int position, long wait) {
        admit.replyTo().tell(new AdmissionReply.Queued(admit.request().id(), position, wait));
    }

    private static BufferedReader lines(CompletableFuture<HttpResponse<InputStream>> response) {
        assertThat(response.join().statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(response.join().body(), StandardCharsets.UTF_8));
    }

    private static String next(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        return line != null && line.isEmpty() ? next(lines) : String.valueOf(line);
    }

    @Test
    void aStreamTellsItsPlaceUntilItsTokensCome() throws IOException {
        var response = gateway.openAsync(CHAT, ASKING);
        SchedulerCommand.Admit admit = gateway.expectAdmit();
        queued(admit, 4, -1);
        BufferedReader lines = lines(response);
        assertThat(next(lines)).isEqualTo(": queued prompt=0 position=4 estimated_wait_ms=unknown");
        queued(admit, 1, 250);
        assertThat(next(lines)).isEqualTo(": queued prompt=0 position=1 estimated_wait_ms=250");

        TestSequence sequence = gateway.admit(admit);
        sequence.text("Hello").eos();
        assertThat(lines.lines().filter(line -> !line.isEmpty()))
                .allMatch(line -> line.startsWith("data: "))
                .anyMatch(line -> line.contains("Hello"))
                .last()
                .isEqualTo("data: [DONE]");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void aRefusalAfterTheHeadIsAnErrorEvent() throws IOException {
        var response = gateway.openAsync(CHAT, ASKING);
        SchedulerCommand.Admit admit = gateway.expectAdmit();
        queued(admit, 0, 10);
        BufferedReader lines = lines(response);
        next(lines);
        Refusal refusal = new Refusal(Refusal.Reason.QUEUE_FULL, "waited too long", 2100, 7, 5, 80);
        admit.replyTo().tell(new AdmissionReply.Refused(admit.request().id(), refusal));

        assertThat(next(lines)).contains("\"error\"").contains("waited too long");
        assertThat(gateway.openRequests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void aRefusalAtOnceHasItsStatus(boolean stream) {
        String body = "{'messages':[{'role':'user','content':'Hi'}],'stream':" + stream + "}";
        var response = gateway.sendForText(gateway.request(CHAT, body, Map.of("x-vidda-queue-progress", "true")));
        gateway.refuse(new Refusal(Refusal.Reason.QUEUE_FULL, "the line is full", 2100, 7, 5, 80));

        assertThat(response.join().statusCode()).isEqualTo(429);
    }

    @Test
    void anAnswerInOnePieceIsNoDifferent() {
        String body = ASKING.replace("'stream':true", "'stream':false");
        var response = gateway.postAsync(CHAT, body);
        SchedulerCommand.Admit admit = gateway.expectAdmit();
        queued(admit, 4, -1);
        TestSequence sequence = gateway.admit(admit);
        sequence.text("Hello").eos();

        assertThat(response.join().body()).startsWith("{").contains("Hello");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void aWishThatIsNoBooleanIsNamed() {
        var response = gateway.post(CHAT, ASKING.replace(":true}}", ":7}}"));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("vidda.queue_progress").contains("must be true or false");
    }
}
