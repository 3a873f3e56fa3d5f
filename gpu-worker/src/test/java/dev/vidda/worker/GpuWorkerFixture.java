package dev.vidda.worker;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.worker.engine.FakeRunner;
import dev.vidda.worker.engine.Outcomes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import static org.assertj.core.api.Assertions.assertThat;

/** A worker on a made-up device among probes for its scheduler, its gateway and its owner; time is the test's. */
abstract class GpuWorkerFixture {
    static final int MAX_LENGTH = 4000;
    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Config CONFIG = ManualTime.config().withFallback(ConfigFactory.load("application-test"));
    static final WorkerSettings SETTINGS = WorkerSettings.from(CONFIG);

    private static @Nullable ActorTestKit testKit;

    final FakeRunner runner = new FakeRunner(500, 16, MAX_LENGTH);
    final TestProbe<SchedulerCommand> scheduler = testKit().createTestProbe();
    final TestProbe<WorkerEvent> events = testKit().createTestProbe();
    final TestProbe<TokenFrame> gateway = testKit().createTestProbe();

    @BeforeAll
    static void startUp() {
        testKit = ActorTestKit.create(CONFIG);
    }

    @AfterAll
    static void shutDown() {
        testKit().shutdownTestKit();
    }

    static ActorTestKit testKit() {
        return Objects.requireNonNull(testKit);
    }

    static ManualTime time() {
        return ManualTime.get(testKit().system());
    }

    final ActorRef<GpuWorker.Command> spawn(ModelLoader loader) {
        WorkerSpec spec = new WorkerSpec("w1", "m", loader, SETTINGS);
        return testKit().spawn(GpuWorker.create(spec, Set.of(scheduler.getRef()), events.getRef()), GpuWorker.props());
    }

    final ActorRef<WorkerCommand> start(ModelLoader loader) {
        spawn(loader);
        return ready();
    }

    final ActorRef<WorkerCommand> ready() {
        WorkerEvent event = events.receiveMessage();
        return event instanceof WorkerEvent.Ready ready ? ready.worker() : ready();
    }

    final void submit(ActorRef<WorkerCommand> worker, GenerationRequest request) {
        worker.tell(new WorkerCommand.Start(request, lease(request.id()), gateway.getRef()));
    }

    static Lease lease(String requestId) {
        return new Lease(requestId, "w1", 1);
    }

    final WorkerReport reportAfterTick() {
        time().timePasses(SETTINGS.reportInterval());
        return reportThat(report -> true);
    }

    final WorkerReport reportThat(Predicate<WorkerReport> wanted) {
        SchedulerCommand last = scheduler
                .fishForMessage(
                        PATIENCE,
                        message -> message instanceof SchedulerCommand.Report report && wanted.test(report.report())
                                ? FishingOutcomes.complete()
                                : FishingOutcomes.continueAndIgnore())
                .getLast();
        return ((SchedulerCommand.Report) last).report();
    }

    /** Takes frames, which must follow each other, until all of these samples have ended. */
    static Outcomes framesUntilEnded(TestProbe<TokenFrame> probe, String... keys) {
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
