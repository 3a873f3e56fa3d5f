package dev.vidda.gateway.stream;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.GenerationRequest.Continuation;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.WorkerCommand;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of requests whose worker or scheduler goes away. Time is that of the test. */
class TokenHubTest {
    private static final ActorTestKit KIT =
            ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load("application-test")));
    private static final ManualTime TIME = ManualTime.get(KIT.system());
    private static final ContinuationSettings CONTINUATION =
            new ContinuationSettings(Duration.ofSeconds(2), 2, Duration.ofSeconds(30), Duration.ofSeconds(5));
    private static final HubTimes TIMES = HubTimes.of(Duration.ofSeconds(10), CONTINUATION);
    private static final TokenIds PROMPT = TokenIds.of(1, 2, 3);

    private final TestProbe<SchedulerCommand> scheduler = KIT.createTestProbe();
    private final ActorRef<TokenHub.Command> hub = KIT.spawn(TokenHub.create(scheduler.ref(), TIMES));
    private final Worker first = new Worker("w1");
    private final Worker second = new Worker("w2");
    private final Client client = new Client();

    @AfterEach
    void stop() {
        KIT.stop(hub);
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void aRequestWhoseWorkerDiesContinuesWithItsTokens() {
        WorkerCommand.Start start = submitTo(first, "r", 1);
        first.tokens(start, 0, 0, 11, 12);
        assertThat(client.next()).isEqualTo("admitted");
        assertThat(client.next()).isEqualTo("[11, 12] at 0");
        first.probe.stop();

        expectRelease("r", -1);
        AdmissionRequest again = expectAdmit();
        assertThat(again.id()).isEqualTo("r~1");
        assertThat(again.promptTokens()).isEqualTo(5);
        assertThat(again.maxNewTokens()).isEqualTo(8);
        assertThat(again.avoidedWorkers()).containsExactly("w1");
        assertThat(again.patience()).as("its first token was had").isEqualTo(new Patience(0, 0, 0, 40));
        WorkerCommand.Start rest = admit(second, again);
        assertThat(rest.request().continued()).containsExactly(new Continuation(0, TokenIds.of(11, 12)));
        assertThat(rest.request().prompt()).isEqualTo(PROMPT);

        second.end(rest, 0, 2, FinishReason.STOP, 13);
        assertThat(client.next()).isEqualTo("[13] at 2 STOP");
        expectRelease("r~1", -1);
        assertThat(client.heard).isEmpty();
    }

    @Test
    void aRequestThatIsHandedOverContinuesWithoutCountingAFailure() {
        WorkerCommand.Start start = submitTo(first, "r", 1);
        assertThat(client.next()).isEqualTo("admitted");
        for (int i = 0; i < 5; i++) {
            first.end(start, 0, 0, FinishReason.HANDED_OVER);
            first.probe.expectMessage(new WorkerCommand.Cancel(start.request().id()));
            expectRelease(start.request().id(), -1);
            start = admit(first, expectAdmit());
        }
        first.end(start, 0, 0, FinishReason.LENGTH, 4);
        assertThat(client.next()).isEqualTo("[4] at 0 LENGTH");
    }

    @Test
    void onlySamplesThatHaveNotEndedContinue() {
        WorkerCommand.Start start = submitTo(first, "r", 3);
        first.tokens(start, 0, 0, 5);
        first.end(start, 1, 0, FinishReason.STOP, 6);
        first.end(start, 2, 0, FinishReason.FAILED);
        expectRelease("r", -1);
        AdmissionRequest again = expectAdmit();
        assertThat(again.samples()).isEqualTo(2);
        assertThat(again.promptTokens()).isEqualTo(3);
        assertThat(again.maxNewTokens()).isEqualTo(10);
        WorkerCommand.Start rest = admit(second, again);
        assertThat(rest.request().continued())
                .containsExactly(new Continuation(0, TokenIds.of(5)), new Continuation(2, TokenIds.EMPTY));
        second.end(rest, 0, 1, FinishReason.STOP, 7);
        second.end(rest, 2, 0, FinishReason.STOP, 8);
        expectRelease("r~1", -1);
    }

    @Test
    void whatIsStillSaidOfAnEarlierAttemptMeansNothing() {
        WorkerCommand.Start start = submitTo(first, "r", 1);
        first.tokens(start, 0, 0, 5);
        first.end(start, 0, 1, FinishReason.FAILED);
        expectRelease("r", -1);
        WorkerCommand.Start rest = admit(first, expectAdmit());
        first.tokens(start, 0, 1, 6);
        first.tokens(rest, 0, 1, 6);
        first.end(rest, 0, 2, FinishReason.STOP, 7);
        assertThat(client.next()).isEqualTo("admitted");
        assertThat(client.next()).isEqualTo("[5] at 0");
        assertThat(client.next()).isEqualTo("[6] at 1");
        assertThat(client.next()).isEqualTo("[7] at 2 STOP");
    }

    @Test
    void afterTooManyFailuresTheClientGetsTheError() {
        WorkerCommand.Start start = submitTo(first, "r", 1);
        for (int i = 0; i < 2; i++) {
            first.end(start, 0, 0, FinishReason.FAILED);
            expectRelease(start.request().id(), -1);
            start = admit(first, expectAdmit());
        }
        first.end(start, 0, 0, FinishReason.FAILED);
        assertThat(client.next()).isEqualTo("admitted");
        assertThat(client.next()).isEqualTo("engine_failure: it broke");
    }

    @Test
    void aSilentWorkerIsGivenUpAndOneThatShowsLifeIsNot() {
        WorkerCommand.Start start = submitTo(first, "r", 1);
        first.tokens(start, 0, 0, 5);
        askCount();
        passTicks(TIMES.silence());
        first.signOfLife();
        askCount();
        passTicks(TIMES.silence());
        scheduler.expectNoMessage(Duration.ZERO);
        passTicks(1);
        expectRelease("r", -1);
        assertThat(expectAdmit().avoidedWorkers()).containsExactly("w1");
    }

    @Test
    void aMissingFrameMovesAllRequestsOfItsWorkerButAvoidsNobody() {
        WorkerCommand.Start one = submitTo(first, "a", 1);
        submitTo(first, "b", 1);
        first.number++;
        first.tokens(one, 0, 0, 5);
        expectRelease("a", -1);
        AdmissionRequest a = expectAdmit();
        expectRelease("b", -1);
        AdmissionRequest b = expectAdmit();
        assertThat(List.of(a.id(), b.id())).containsExactly("a~1", "b~1");
        assertThat(a.avoidedWorkers()).isEmpty();
        WorkerCommand.Start rest = admit(first, a);
        assertThat(rest.request().continued()).containsExactly(new Continuation(0, TokenIds.EMPTY));
    }

    @Test
    void aRequestThatFindsNoWorkerAsksAgainUntilItIsTooLate() {
        WorkerCommand.Start start = submitTo(first, "r", 1);
        assertThat(client.next()).isEqualTo("admitted");
        first.end(start, 0, 0, FinishReason.FAILED);
        expectRelease("r", -1);
        long asked = 0;
        for (long ticks = 0; client.heard.isEmpty() && ticks <= 2 * TIMES.giveUpAfter(); ticks += TIMES.retry()) {
            AdmissionRequest again = expectAdmit();
            assertThat(again.id()).isEqualTo("r~1");
            asked++;
            refuse(again, Refusal.Reason.UNKNOWN_MODEL);
            askCount();
            passTicks(TIMES.retry());
            askCount();
        }
        assertThat(asked).isBetween(TIMES.giveUpAfter() / TIMES.retry() - 1, TIMES.giveUpAfter() / TIMES.retry() + 1);
        assertThat(client.next()).startsWith("worker_lost");
    }

    @Test
    void aNewRequestAsksAgainWhenTheSchedulerHasNotHeardOfWorkersYet() {
        submit("r", 1);
        for (Refusal.Reason reason : List.of(Refusal.Reason.UNKNOWN_MODEL, Refusal.Reason.UNAVAILABLE)) {
            refuse(expectAdmit(), reason);
            askCount();
            passTicks(TIMES.retry());
        }
        admit(first, expectAdmit());
        assertThat(client.next()).isEqualTo("admitted");
    }

    @Test
    void aNewRequestIsRefusedWhenNoWorkerComesInTime() {
        submit("r", 1);
        for (long ticks = 0; client.heard.isEmpty() && ticks <= 2 * TIMES.workerWait(); ticks += TIMES.retry()) {
            refuse(expectAdmit(), Refusal.Reason.UNAVAILABLE);
            askCount();
            passTicks(TIMES.retry());
            askCount();
        }
        assertThat(client.next()).isEqualTo("no_capacity: because");
    }

    @Test
    void aNewRequestForWhichThereIsNoPlaceIsRefusedAtOnce() {
        submit("r", 1);
        refuse(expectAdmit(), Refusal.Reason.QUEUE_FULL);
        assertThat(client.next()).startsWith("queue_full");
    }

    @Test
    void whatFitsNoOtherWorkerFailsAtOnce() {
        WorkerCommand.Start start = submitTo(first, "r", 1);
        first.end(start, 0, 0, FinishReason.FAILED);
        expectRelease("r", -1);
        refuse(expectAdmit(), Refusal.Reason.NEVER_FITS);
        assertThat(client.next()).isEqualTo("admitted");
        assertThat(client.next()).startsWith("worker_lost").contains("because");
    }

    @Test
    void whenAnotherSchedulerTakesOverAllThatWaitAskAgainInOrderAndTheOthersRunOn() {
        WorkerCommand.Start running = submitTo(first, "a", 1);
        List<String> waiting = List.of("b", "c", "d");
        waiting.forEach(id -> {
            submit(id, 1);
            assertThat(expectAdmit().id()).isEqualTo(id);
        });
        asker.tell(new AdmissionReply.Queued("b", 0, -1));
        asker.tell(new AdmissionReply.AskAgain());
        waiting.forEach(id -> {
            expectRelease(id, -1);
            assertThat(expectAdmit().id()).isEqualTo(id);
        });
        first.end(running, 0, 0, FinishReason.STOP, 9);
        expectRelease("a", 1);
    }

    private ActorRef<AdmissionReply> asker =
            KIT.<AdmissionReply>createTestProbe().ref();

    private void submit(String id, int samples) {
        hub.tell(new TokenHub.Submit(
                new AdmissionRequest(
                        id,
                        "m",
                        PROMPT.size(),
                        10,
                        samples,
                        Tenant.ANYONE,
                        ServiceClass.STANDARD,
                        false,
                        new Patience(0, 5_000, 800, 40),
                        List.of(),
                        List.of()),
                new GenerationRequest(id, PROMPT, samples, Sampling.greedy(10, List.of()), ""),
                client));
    }

    private WorkerCommand.Start submitTo(Worker worker, String id, int samples) {
        submit(id, samples);
        return admit(worker, expectAdmit());
    }

    private AdmissionRequest expectAdmit() {
        SchedulerCommand.Admit admit = scheduler.expectMessageClass(SchedulerCommand.Admit.class);
        asker = admit.replyTo();
        return admit.request();
    }

    private void expectRelease(String id, int tokens) {
        scheduler.expectMessage(new SchedulerCommand.Release(id, tokens));
    }

    private WorkerCommand.Start admit(Worker worker, AdmissionRequest request) {
        asker.tell(new AdmissionReply.Admitted(new Lease(request.id(), worker.id, 1), worker.probe.ref()));
        return (WorkerCommand.Start) worker.probe
                .fishForMessage(
                        Duration.ofSeconds(20),
                        message -> message instanceof WorkerCommand.Start
                                ? FishingOutcomes.complete()
                                : FishingOutcomes.continueAndIgnore())
                .getLast();
    }

    private void refuse(AdmissionRequest request, Refusal.Reason reason) {
        asker.tell(new AdmissionReply.Refused(request.id(), new Refusal(reason, "because", 1000, 0, 0, 0)));
    }

    private static void passTicks(long ticks) {
        for (long i = 0; i < ticks; i++) {
            TIME.timePasses(TIMES.tick());
        }
    }

    /** Returns when the hub has handled all that came before. */
    private void askCount() {
        TestProbe<Integer> count = KIT.createTestProbe();
        hub.tell(new TokenHub.CountRequests(count.ref()));
        count.receiveMessage();
    }

    private static final class Worker {
        final String id;
        final TestProbe<WorkerCommand> probe = KIT.createTestProbe();
        long number;
        ActorRef<TokenFrame> gateway = KIT.<TokenFrame>createTestProbe().ref();

        Worker(String id) {
            this.id = id;
        }

        void tokens(WorkerCommand.Start start, int sample, int first, int... ids) {
            send(
                    start,
                    new TokenDelta(start.request().id(), sample, first, TokenIds.of(ids), List.of(), Optional.empty()));
        }

        void end(WorkerCommand.Start start, int sample, int first, FinishReason reason, int... ids) {
            Finish finish = new Finish(reason, -1, 0, 0, "it broke");
            send(
                    start,
                    new TokenDelta(
                            start.request().id(), sample, first, TokenIds.of(ids), List.of(), Optional.of(finish)));
        }

        private void send(WorkerCommand.Start start, TokenDelta delta) {
            gateway = start.gateway();
            gateway.tell(new TokenFrame(id, number++, List.of(delta)));
        }

        void signOfLife() {
            gateway.tell(new TokenFrame(id, number, List.of()));
        }
    }

    private static final class Client implements RequestListener {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        String next() {
            try {
                return heard.take();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void queued(int position, long estimatedWaitMillis) {
            heard.add("queued " + position + " " + estimatedWaitMillis);
        }

        @Override
        public void admitted() {
            heard.add("admitted");
        }

        @Override
        public boolean tokens(TokenDelta delta) {
            heard.add(Arrays.toString(delta.tokens().toArray()) + " at " + delta.firstIndex()
                    + delta.finish().map(finish -> " " + finish.reason()).orElse(""));
            return true;
        }

        @Override
        public void failed(ApiError error) {
            heard.add(error.code() + ": " + error.message());
        }
    }
}
