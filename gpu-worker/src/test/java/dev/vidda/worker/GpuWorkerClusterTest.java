package dev.vidda.worker;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.worker.engine.Requests;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** How a worker stands to several schedulers and gateways, and how it leaves. */
class GpuWorkerClusterTest extends GpuWorkerFixture {
    @Test
    void aDrainingWorkerHandsOverWhatComesAndWhatIsLeftAtTheDeadline() {
        Semaphore entered = new Semaphore(0);
        Semaphore steps = new Semaphore(0);
        ActorRef<WorkerCommand> worker = start(progress -> runner.beforeEachStep(() -> {
            entered.release();
            steps.acquireUninterruptibly();
        }));
        submit(worker, Requests.request("a", Requests.prompt(1, 5), 3000));
        entered.acquireUninterruptibly();
        worker.tell(new WorkerCommand.Drain(5_000));
        submit(worker, Requests.request("b", Requests.prompt(2, 5), 10));
        steps.release(1);
        assertThat(gateway.receiveMessage().deltas().getFirst().finish()).isEmpty();
        TokenDelta refused = gateway.receiveMessage().deltas().getFirst();
        assertThat(refused.requestId()).isEqualTo("b");
        assertThat(refused.finish().orElseThrow().reason()).isEqualTo(FinishReason.HANDED_OVER);
        reportOf(WorkerState.DRAINING);

        time().timePasses(Duration.ofSeconds(5));
        steps.release(3);
        Finish end = endOf("a");
        assertThat(end.reason()).isEqualTo(FinishReason.HANDED_OVER);
        assertThat(end.message()).contains("w1 drains");
        assertThat(reportOf(WorkerState.DRAINED).blocks().used()).isZero();

        worker.tell(new WorkerCommand.Resume());
        GenerationRequest again = Requests.request("c", Requests.prompt(2, 5), 10);
        submit(worker, again);
        steps.release(1000);
        framesUntilEnded(gateway, "c/0").assertExpected(again, MAX_LENGTH);
        reportOf(WorkerState.SERVING);
    }

    @Test
    void everySchedulerHearsOfLeasesAndPrefixesAlsoTheOneThatCameLater() {
        ActorRef<GpuWorker.Command> actor = spawn(progress -> runner);
        ActorRef<WorkerCommand> worker = ready();
        submit(worker, Requests.request("a", Requests.prompt(1, 100), 3));
        framesUntilEnded(gateway, "a/0");
        WorkerReport report = reportAfterTick();
        assertThat(report.leases().started()).containsExactly(lease("a"));
        assertThat(report.leases().ended()).containsExactly("a");
        PrefixChanges changes = scheduler
                .expectMessageClass(SchedulerCommand.PrefixesChanged.class)
                .changes();
        assertThat(changes.number()).isZero();
        assertThat(changes.added()).hasSize(100 / 16);

        TestProbe<SchedulerCommand> second = testKit().createTestProbe();
        actor.tell(new GpuWorker.SchedulersChanged(Set.of(scheduler.getRef(), second.getRef())));
        assertThat(second.expectMessageClass(SchedulerCommand.RegisterWorker.class)
                        .held())
                .isEmpty();
        PrefixChanges all = second.expectMessageClass(SchedulerCommand.PrefixesChanged.class)
                .changes();
        assertThat(all.number()).isZero();
        assertThat(all.added()).containsExactlyInAnyOrderElementsOf(changes.added());

        worker.tell(new WorkerCommand.FlushPrefixCache());
        worker.tell(new WorkerCommand.SendPrefixes(second.getRef()));
        PrefixChanges flushed = second.expectMessageClass(SchedulerCommand.PrefixesChanged.class)
                .changes();
        assertThat(flushed.number()).isEqualTo(1);
        assertThat(flushed.evicted()).containsExactlyInAnyOrderElementsOf(changes.added());
        assertThat(second.expectMessageClass(SchedulerCommand.PrefixesChanged.class)
                        .changes())
                .isEqualTo(new PrefixChanges("w1", 0, List.of(), List.of()));
    }

    @Test
    void signsOfLifeGoOnWhileAStepIsUnderWay() {
        Semaphore steps = new Semaphore(0);
        ActorRef<WorkerCommand> worker = start(progress -> runner.beforeEachStep(steps::acquireUninterruptibly));
        submit(worker, Requests.request("a", Requests.prompt(1, 5), 2));
        steps.release(1);
        gateway.receiveMessage();
        time().timePasses(SETTINGS.pulseInterval());
        assertThat(gateway.receiveMessage()).isEqualTo(new TokenFrame("w1", 1, List.of()));
        steps.release(1);
        assertThat(gateway.receiveMessage().number()).isEqualTo(1);
    }

    private Finish endOf(String requestId) {
        while (true) {
            for (TokenDelta delta : gateway.receiveMessage().deltas()) {
                if (delta.requestId().equals(requestId) && delta.finish().isPresent()) {
                    return delta.finish().orElseThrow();
                }
            }
        }
    }

    private WorkerReport reportOf(WorkerState state) {
        return reportThat(report -> report.state() == state);
    }
}
