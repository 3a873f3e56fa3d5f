package dev.vidda.worker;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.worker.engine.FakeRunner;
import dev.vidda.worker.engine.Outcomes;
import dev.vidda.worker.engine.Requests;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** How a worker stands to several schedulers and gateways, and how it leaves. */
class GpuWorkerClusterTest {
    private static final int MAX_LENGTH = 4000;
    /** Patient, so that a busy machine fails no test; nothing here waits for time to pass. */
    private static final Config PATIENT = ConfigFactory.parseString("""
            akka.actor.testkit.typed {
              single-expect-default = 20s
              filter-leeway = 20s
              default-timeout = 20s
            }
            """);

    private static final Config CONFIG =
            ManualTime.config().withFallback(PATIENT).withFallback(ConfigFactory.load());
    private static final ActorTestKit TESTKIT = ActorTestKit.create(CONFIG);
    private static final ManualTime TIME = ManualTime.get(TESTKIT.system());
    private static final WorkerSettings SETTINGS = WorkerSettings.from(CONFIG);

    private final FakeRunner runner = new FakeRunner(500, 16, MAX_LENGTH);
    private final TestProbe<SchedulerCommand> scheduler = TESTKIT.createTestProbe();
    private final TestProbe<WorkerEvent> events = TESTKIT.createTestProbe();
    private final TestProbe<TokenFrame> gateway = TESTKIT.createTestProbe();

    @AfterAll
    static void shutDown() {
        TESTKIT.shutdownTestKit();
    }

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

        TIME.timePasses(Duration.ofSeconds(5));
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

        TestProbe<SchedulerCommand> second = TESTKIT.createTestProbe();
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
        TIME.timePasses(SETTINGS.pulseInterval());
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
        return ((SchedulerCommand.Report) scheduler
                        .fishForMessage(
                                Duration.ofSeconds(20),
                                message -> message instanceof SchedulerCommand.Report report
                                                && report.report().state() == state
                                        ? FishingOutcomes.complete()
                                        : FishingOutcomes.continueAndIgnore())
                        .getLast())
                .report();
    }

    private ActorRef<GpuWorker.Command> spawn(ModelLoader loader) {
        WorkerSpec spec = new WorkerSpec("w1", "m", loader, SETTINGS);
        return TESTKIT.spawn(GpuWorker.create(spec, Set.of(scheduler.getRef()), events.getRef()), GpuWorker.props());
    }

    private ActorRef<WorkerCommand> start(ModelLoader loader) {
        spawn(loader);
        return ready();
    }

    private ActorRef<WorkerCommand> ready() {
        WorkerEvent event = events.receiveMessage();
        return event instanceof WorkerEvent.Ready ready ? ready.worker() : ready();
    }

    private void submit(ActorRef<WorkerCommand> worker, GenerationRequest request) {
        worker.tell(new WorkerCommand.Start(request, lease(request.id()), gateway.getRef()));
    }

    private static Lease lease(String requestId) {
        return new Lease(requestId, "w1", 1);
    }

    private WorkerReport reportAfterTick() {
        TIME.timePasses(SETTINGS.reportInterval());
        return scheduler
                .fishForMessage(
                        Duration.ofSeconds(3),
                        message -> message instanceof SchedulerCommand.Report
                                ? FishingOutcomes.complete()
                                : FishingOutcomes.continueAndIgnore())
                .stream()
                .map(message -> ((SchedulerCommand.Report) message).report())
                .toList()
                .getLast();
    }

    private static Outcomes framesUntilEnded(TestProbe<TokenFrame> probe, String... keys) {
        Outcomes outcomes = new Outcomes();
        long number = -1;
        while (!List.of(keys).stream().allMatch(outcomes::hasEnded)) {
            TokenFrame frame = probe.receiveMessage();
            if (frame.deltas().isEmpty()) {
                // A sign of life: it may overtake a frame, and has no number of its own.
                continue;
            }
            assertThat(number == -1 || frame.number() == number + 1)
                    .as("frame %d after %d", frame.number(), number)
                    .isTrue();
            number = frame.number();
            outcomes.add(frame.deltas());
        }
        return outcomes;
    }
}
