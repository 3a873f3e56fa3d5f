package dev.vidda.gateway.http;

import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.WorkerCommand;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Workers that die, tokens that are lost, clients that do not read: never a silent end, never a leak. */
class FailureTest {
    private static final String PATH = "/v1/completions";

    private TestGateway gateway = TestGateway.start("vidda.gateway { stream-buffer = 16 }");

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void aDeadWorkerFailsItsStreamsWithAnErrorEvent() {
        CompletableFuture<HttpResponse<String>> stream = gateway.postAsync(PATH, "{'prompt':'a','stream':true}");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello");
        gateway.worker.stop();

        assertThat(stream.join().statusCode()).isEqualTo(200);
        assertThat(stream.join().body()).contains("\"code\":\"worker_lost\"").endsWith("data: [DONE]\n\n");
        gateway.expectRelease(sequence.id());
        assertThat(gateway.openRequests()).isZero();
    }

    @Test
    void aDeadWorkerFailsWholeAnswersWithStatus500() {
        CompletableFuture<HttpResponse<String>> whole = gateway.postAsync(PATH, "{'prompt':'a'}");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello");
        gateway.worker.stop();

        assertThat(whole.join().statusCode()).isEqualTo(500);
        assertThat(whole.join().body()).contains("\"type\":\"server_error\"").contains("worker_lost");
        gateway.expectRelease(sequence.id());
        assertThat(gateway.openRequests()).isZero();
    }

    @Test
    void aMissingFrameFailsAllStreamsOfItsWorker() {
        CompletableFuture<HttpResponse<String>> first = gateway.postAsync(PATH, "{'prompt':'a','stream':true}");
        TestSequence one = gateway.admit();
        CompletableFuture<HttpResponse<String>> second = gateway.postAsync(PATH, "{'prompt':'b','stream':true}");
        TestSequence two = gateway.admit();
        one.text("Hello");
        gateway.takeFrameNumber();
        two.text("Hello");

        assertThat(first.join().body()).contains("tokens_lost");
        assertThat(second.join().body()).contains("tokens_lost");
        gateway.worker.expectMessageClass(WorkerCommand.Cancel.class);
        gateway.worker.expectMessageClass(WorkerCommand.Cancel.class);
        gateway.scheduler.expectMessageClass(SchedulerCommand.Release.class);
        gateway.scheduler.expectMessageClass(SchedulerCommand.Release.class);
        assertThat(gateway.openRequests()).isZero();
    }

    @Test
    void missingTokensFailTheirStreamOnly() {
        CompletableFuture<HttpResponse<String>> first = gateway.postAsync(PATH, "{'prompt':'a','stream':true}");
        TestSequence one = gateway.admit();
        CompletableFuture<HttpResponse<String>> second = gateway.postAsync(PATH, "{'prompt':'b','stream':true}");
        TestSequence two = gateway.admit();
        one.frame(gateway.takeFrameNumber(), 0, 1, List.of(), Optional.empty(), 5);
        two.text("Hello").eos();

        assertThat(first.join().body()).contains("tokens_lost").contains("token 1 came where token 0 was expected");
        assertThat(second.join().body()).doesNotContain("error").contains("Hello");
        gateway.expectCancel(one.id());
        assertThat(gateway.openRequests()).isZero();
    }

    @Test
    void anEngineFailureIsStatus500WhenNothingWasSent() {
        CompletableFuture<HttpResponse<String>> whole = gateway.postAsync(PATH, "{'prompt':'a'}");
        TestSequence sequence = gateway.admit();
        sequence.failed("the device was lost");

        assertThat(whole.join().statusCode()).isEqualTo(500);
        assertThat(whole.join().body()).contains("the device was lost");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void aSchedulerThatStopsFailsWhatWaitsAndLeavesWhatRuns() {
        CompletableFuture<HttpResponse<String>> running = gateway.postAsync(PATH, "{'prompt':'a','stream':true}");
        TestSequence sequence = gateway.admit();
        CompletableFuture<HttpResponse<String>> waiting = gateway.postAsync(PATH, "{'prompt':'b','stream':true}");
        gateway.expectAdmit();
        gateway.stopScheduler();

        assertThat(waiting.join().statusCode()).isEqualTo(503);
        assertThat(waiting.join().headers().firstValue("retry-after")).isPresent();
        sequence.text("Hello").eos();
        assertThat(running.join().body()).contains("Hello").endsWith("data: [DONE]\n\n");
        assertThat(gateway.openRequests()).isZero();
    }

    @Test
    void aSchedulerThatNeverAnswersIs503AfterAWhile() {
        gateway.close();
        gateway = TestGateway.start("vidda.gateway { admission-timeout = 200ms }");
        CompletableFuture<HttpResponse<String>> response = gateway.postAsync(PATH, "{'prompt':'a'}");
        SchedulerCommand.Admit admit = gateway.expectAdmit();

        assertThat(response.join().statusCode()).isEqualTo(503);
        assertThat(response.join().body()).contains("no_scheduler");
        gateway.expectRelease(admit.request().id());
    }

    @Test
    void aClientThatFallsBehindCostsItsBufferAndThenItsConnection() throws IOException {
        try (RawClient client = new RawClient(gateway)) {
            client.send(RawClient.post(PATH, "{'prompt':'a','stream':true}"));
            TestSequence slow = gateway.admit();
            CompletableFuture<HttpResponse<String>> other = gateway.postAsync(PATH, "{'prompt':'b','stream':true}");
            TestSequence quick = gateway.admit();

            // Either they fill the socket's buffers or they come faster than they can be written.
            int[] largeStep = new int[20_000];
            for (int i = 0; i < 5_000 && gateway.openRequests() == 2; i++) {
                slow.tokens(0, largeStep);
            }
            gateway.expectCancel(slow.id());
            gateway.expectRelease(slow.id());

            quick.text("Hello").eos();
            assertThat(other.join().body()).contains("Hello").endsWith("data: [DONE]\n\n");
            gateway.expectRelease(quick.id());
            assertThat(gateway.openRequests()).isZero();
            assertThat(client.untilClosed().join())
                    .startsWith("HTTP/1.1 200")
                    .as("the end of a body that is whole")
                    .doesNotContain("\r\n0\r\n");
        }
    }

    @Test
    void aRefusalOfOnePromptGivesUpTheOthers() {
        CompletableFuture<HttpResponse<String>> response = gateway.postAsync(PATH, "{'prompt':['a','b']}");
        TestSequence first = gateway.admit();
        SchedulerCommand.Admit second = gateway.expectAdmit();
        second.replyTo()
                .tell(new AdmissionReply.Refused(
                        second.request().id(),
                        new Refusal(Refusal.Reason.QUEUE_FULL, "the line is full", 5000, 1, 1, 1)));

        assertThat(response.join().statusCode()).isEqualTo(429);
        assertThat(response.join().headers().firstValue("retry-after")).contains("5");
        gateway.expectCancel(first.id());
        gateway.expectRelease(first.id());
        assertThat(gateway.openRequests()).isZero();
    }

    @Test
    void aSecondAdmissionOfTheSameRequestStartsNothing() {
        CompletableFuture<HttpResponse<String>> response = gateway.postAsync(PATH, "{'prompt':'a'}");
        SchedulerCommand.Admit admit = gateway.expectAdmit();
        TestSequence sequence = gateway.admit(admit);
        admit.replyTo()
                .tell(new AdmissionReply.Admitted(new Lease(sequence.id(), "worker-1", 1), gateway.worker.ref()));
        sequence.text("Hello").eos();

        assertThat(response.join().body()).contains("Hello");
        gateway.expectRelease(sequence.id());
        gateway.worker.expectNoMessage(Duration.ZERO);
    }
}
