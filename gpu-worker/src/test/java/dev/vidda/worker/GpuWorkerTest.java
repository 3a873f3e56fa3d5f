package dev.vidda.worker;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.vidda.protocol.DeviceHealth;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.worker.engine.Outcomes;
import dev.vidda.worker.engine.Requests;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GpuWorkerTest extends GpuWorkerFixture {
    @Test
    void registersWhenTheModelIsLoaded() {
        ActorRef<WorkerCommand> worker = start(progress -> {
            progress.loaded(1, 2);
            return runner;
        });
        SchedulerCommand.RegisterWorker registered =
                scheduler.expectMessageClass(SchedulerCommand.RegisterWorker.class);
        assertThat(registered.worker()).isEqualTo(worker);
        assertThat(registered.card().workerId()).isEqualTo("w1");
        assertThat(registered.card().kvBlocks()).isEqualTo(500);
        assertThat(registered.card().maxModelLength()).isEqualTo(MAX_LENGTH);
    }

    @Test
    void aModelThatCannotBeLoadedIsReportedAndTheWorkerStops() {
        ActorRef<GpuWorker.Command> actor = spawn(progress -> {
            throw new IllegalArgumentException("no such file");
        });
        assertThat(events.expectMessageClass(WorkerEvent.Failed.class).message())
                .isEqualTo("cannot load m: no such file");
        events.expectTerminated(actor);
        scheduler.expectNoMessage(Duration.ZERO);
    }

    @Test
    void theModelIsLoadedAndRunByOneThreadOfItsOwn() throws Exception {
        CompletableFuture<Thread> loading = new CompletableFuture<>();
        CompletableFuture<Thread> stepping = new CompletableFuture<>();
        ActorRef<WorkerCommand> worker = start(progress -> {
            loading.complete(Thread.currentThread());
            return runner.beforeEachStep(() -> stepping.complete(Thread.currentThread()));
        });
        submit(worker, Requests.request("a", Requests.prompt(1, 5), 2));
        assertThat(stepping.get()).isSameAs(loading.get());
        assertThat(loading.get().getName()).contains("vidda.worker.dispatcher");
    }

    @Test
    void streamsTheTokensOfAllRequestsInNumberedFrames() {
        ActorRef<WorkerCommand> worker = start(progress -> runner);
        GenerationRequest first = Requests.request("a", Requests.prompt(1, 40), 30);
        GenerationRequest second =
                Requests.request("b", Requests.prompt(2, 9), 2, Requests.sampling(3, 20, List.of(), 0));
        submit(worker, first);
        submit(worker, second);
        Outcomes outcomes = framesUntilEnded(gateway, "a/0", "b/0", "b/1");
        outcomes.assertExpected(first, MAX_LENGTH);
        outcomes.assertExpected(second, MAX_LENGTH);
    }

    @Test
    void eachGatewayGetsItsOwnFrames() {
        TestProbe<TokenFrame> other = testKit().createTestProbe();
        ActorRef<WorkerCommand> worker = start(progress -> runner);
        GenerationRequest first = Requests.request("a", Requests.prompt(1, 40), 30);
        GenerationRequest second = Requests.request("b", Requests.prompt(2, 9), 40);
        submit(worker, first);
        worker.tell(new WorkerCommand.Start(second, lease("b"), other.getRef()));
        framesUntilEnded(gateway, "a/0").assertExpected(first, MAX_LENGTH);
        framesUntilEnded(other, "b/0").assertExpected(second, MAX_LENGTH);
    }

    @Test
    void aCancelTakesEffectBeforeTheNextStepAndNoFrameFollows() {
        Semaphore entered = new Semaphore(0);
        Semaphore steps = new Semaphore(0);
        ActorRef<WorkerCommand> worker = start(progress -> runner.beforeEachStep(() -> {
            entered.release();
            steps.acquireUninterruptibly();
        }));
        submit(worker, Requests.request("a", Requests.prompt(1, 5), 3000));
        entered.acquireUninterruptibly();
        worker.tell(new WorkerCommand.Cancel("a"));
        submit(worker, Requests.request("b", Requests.prompt(2, 5), 1));
        steps.release(1000);
        // The step that was under way when the cancel came is the last one of its request.
        assertThat(gateway.receiveMessage().deltas())
                .extracting(TokenDelta::requestId)
                .containsExactly("a");
        assertThat(gateway.receiveMessage().deltas())
                .extracting(TokenDelta::requestId)
                .containsExactly("b");
        assertThat(reportAfterTick().blocks().used()).isZero();
    }

    @Test
    void aGatewayThatEndsTakesItsRequestsAlong() {
        Semaphore steps = new Semaphore(0);
        ActorRef<WorkerCommand> worker = start(progress -> runner.beforeEachStep(steps::acquireUninterruptibly));
        TestProbe<TokenFrame> lost = testKit().createTestProbe();
        worker.tell(
                new WorkerCommand.Start(Requests.request("a", Requests.prompt(1, 5), 3000), lease("a"), lost.getRef()));
        steps.release(1);
        lost.receiveMessage();
        lost.stop();
        scheduler.expectTerminated(lost.getRef());
        submit(worker, Requests.request("b", Requests.prompt(2, 5), 10));
        steps.release(1000);
        framesUntilEnded(gateway, "b/0");
        assertThat(reportAfterTick().blocks().used()).isZero();
    }

    @Test
    void whatCannotRunFailsWithAMessageForEachSample() {
        ActorRef<WorkerCommand> worker = start(progress -> runner);
        GenerationRequest tooLong =
                Requests.request("a", Requests.prompt(1, MAX_LENGTH), 2, Requests.sampling(0, 5, List.of(), 0));
        submit(worker, tooLong);
        TokenFrame frame = gateway.receiveMessage();
        assertThat(frame.number()).isZero();
        assertThat(frame.deltas()).extracting(TokenDelta::choice).containsExactly(0, 1);
        assertThat(frame.deltas()).allSatisfy(delta -> {
            assertThat(delta.finish().orElseThrow().reason()).isEqualTo(FinishReason.FAILED);
            assertThat(delta.finish().orElseThrow().message()).contains("context of 4000");
        });
    }

    @Test
    void aSecondRequestWithTheSameIdAndALeaseForAnotherWorkerFail() {
        Semaphore steps = new Semaphore(0);
        ActorRef<WorkerCommand> worker = start(progress -> runner.beforeEachStep(steps::acquireUninterruptibly));
        TestProbe<TokenFrame> other = testKit().createTestProbe();
        GenerationRequest request = Requests.request("a", Requests.prompt(1, 5), 5);
        submit(worker, request);
        worker.tell(new WorkerCommand.Start(request, lease("a"), other.getRef()));
        worker.tell(new WorkerCommand.Start(
                Requests.request("c", Requests.prompt(1, 5), 5), new Lease("c", "w2", 1), other.getRef()));
        steps.release(1000);
        assertThat(failure(other.receiveMessage())).contains("id a is running already");
        assertThat(failure(other.receiveMessage())).contains("worker w2", "w1");
        framesUntilEnded(gateway, "a/0").assertExpected(request, MAX_LENGTH);
    }

    @Test
    void anErrorInAStepFailsEveryStreamFreesTheDeviceAndStopsTheWorker() {
        ActorRef<GpuWorker.Command> actor = spawn(progress -> runner.failingAt(2));
        ActorRef<WorkerCommand> worker = ready();
        LoggingTestKit.error("stops after a failed step").expect(testKit().system(), () -> {
            submit(worker, Requests.request("a", Requests.prompt(1, 5), 2, Requests.sampling(0, 50, List.of(), 0)));
            events.expectTerminated(actor);
            return null;
        });
        Outcomes outcomes = framesUntilEnded(gateway, "a/0", "a/1");
        assertThat(outcomes.finish("a/0").reason()).isEqualTo(FinishReason.FAILED);
        assertThat(outcomes.finish("a/1").message()).contains("w1", "the device fell over");
        assertThat(runner.isClosed()).isTrue();
        assertThat(events.expectMessageClass(WorkerEvent.Failed.class).message())
                .contains("the device fell over");
    }

    @Test
    void aHangingStepFailsTheStreamsFromOutsideAndTheWorkerStopsIfItComesBack() {
        Semaphore entered = new Semaphore(0);
        Semaphore steps = new Semaphore(2);
        ActorRef<GpuWorker.Command> actor =
                spawn(progress -> runner.withLookahead().beforeEachStep(() -> {
                    entered.release();
                    steps.acquireUninterruptibly();
                }));
        submit(ready(), Requests.request("a", Requests.prompt(1, 5), 50));
        // The third step begins when one token was read; it never ends.
        entered.acquireUninterruptibly(3);
        LoggingTestKit.error("Giving a worker up").expect(testKit().system(), () -> {
            time().timePasses(SETTINGS.firstStepTimeout().plus(SETTINGS.stepTimeout()));
            return null;
        });
        assertThat(events.expectMessageClass(WorkerEvent.Failed.class).message())
                .contains("w1 hangs", "step 2 has made no progress");
        Outcomes outcomes = framesUntilEnded(gateway, "a/0");
        assertThat(outcomes.tokens("a/0")).hasSize(1);
        assertThat(outcomes.finish("a/0").reason()).isEqualTo(FinishReason.FAILED);
        WorkerReport report = reportThat(each -> each.state() == WorkerState.DRAINED);
        assertThat(report.leases().ended()).containsExactly("a");
        steps.release(1000);
        events.expectTerminated(actor);
        assertThat(runner.isClosed()).isTrue();
        gateway.expectNoMessage(Duration.ZERO);
    }

    @Test
    void reportsCarryTheLatestStepsAndWhatTheSensorsSay() {
        DeviceHealth health = new DeviceHealth(60, 500, 1000, 90, 1, 2, false);
        ActorRef<WorkerCommand> worker = start(progress -> runner.withHealth(health));
        submit(worker, Requests.request("a", Requests.prompt(1, 40), 3));
        framesUntilEnded(gateway, "a/0");
        time().timePasses(SETTINGS.reportInterval());
        WorkerReport report = reportThat(each -> !each.samples().isEmpty());
        assertThat(report.samples()).extracting(StepSample::decodeSequences).containsExactly(0, 1, 1);
        assertThat(report.samples()).extracting(StepSample::kvTokens).containsExactly(40L, 41L, 42L);
        assertThat(report.samples().getFirst().prefillTokens()).isEqualTo(40);
        time().timePasses(SETTINGS.reportInterval());
        assertThat(reportThat(each -> each.health().isPresent()).health()).contains(health);
    }

    @Test
    void stoppingTheWorkerFailsItsStreamsAndFreesTheDevice() {
        Semaphore steps = new Semaphore(0);
        ActorRef<GpuWorker.Command> actor = spawn(progress -> runner.beforeEachStep(steps::acquireUninterruptibly));
        submit(ready(), Requests.request("a", Requests.prompt(1, 5), 3000));
        steps.release(1);
        gateway.receiveMessage();
        steps.release(3000);
        testKit().stop(actor);
        assertThat(runner.isClosed()).isTrue();
        TokenFrame frame = gateway.receiveMessage();
        while (frame.deltas().getFirst().finish().isEmpty()) {
            frame = gateway.receiveMessage();
        }
        assertThat(frame.deltas().getFirst().finish().orElseThrow().reason())
                .isIn(FinishReason.FAILED, FinishReason.LENGTH);
    }

    @Test
    void reportsAtEachIntervalAndRegistersAgainNowAndThen() {
        start(progress -> runner);
        scheduler.expectMessageClass(SchedulerCommand.RegisterWorker.class);
        for (int i = 1; i < 8; i++) {
            time().timePasses(SETTINGS.reportInterval());
            WorkerReport report =
                    scheduler.expectMessageClass(SchedulerCommand.Report.class).report();
            assertThat(report.blocks()).isEqualTo(WorkerReport.idle("w1").blocks());
        }
        time().timePasses(SETTINGS.reportInterval());
        scheduler.expectMessageClass(SchedulerCommand.RegisterWorker.class);
        scheduler.expectMessageClass(SchedulerCommand.Report.class);
    }

    @Test
    void reportsAtOnceWhenMuchOfThePoolChangesHands() {
        ActorRef<WorkerCommand> worker = start(progress -> runner);
        scheduler.expectMessageClass(SchedulerCommand.RegisterWorker.class);
        submit(worker, Requests.request("a", Requests.prompt(1, 1600), 3));
        framesUntilEnded(gateway, "a/0");
        assertThat(scheduler
                        .expectMessageClass(SchedulerCommand.Report.class)
                        .report()
                        .blocks()
                        .used())
                .isEqualTo(100);
        scheduler.expectMessageClass(SchedulerCommand.PrefixesChanged.class);
        assertThat(scheduler
                        .expectMessageClass(SchedulerCommand.Report.class)
                        .report()
                        .blocks()
                        .used())
                .isZero();
    }

    private static String failure(TokenFrame frame) {
        return frame.deltas().getFirst().finish().orElseThrow().message();
    }
}
