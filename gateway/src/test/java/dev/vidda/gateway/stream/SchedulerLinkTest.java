package dev.vidda.gateway.stream;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.receptionist.Receptionist;
import com.typesafe.config.ConfigFactory;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.SchedulerAlive;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.Services;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Two schedulers, of which the test lets one fall silent. */
class SchedulerLinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ActorTestKit kit =
            ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load("application-test")));
    private final ManualTime time = ManualTime.get(kit.system());
    private final TestProbe<SchedulerCommand> first = kit.createTestProbe("a");
    private final TestProbe<SchedulerCommand> second = kit.createTestProbe("b");
    private final TestProbe<AdmissionReply> hub = kit.createTestProbe();
    private final ActorRef<SchedulerCommand> link = kit.spawn(
            SchedulerLink.create(Duration.ofMillis(600), CompletableFuture.completedStage(Done.getInstance())));

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void whoAskedIsToldToAskAgainWhenTheNextSchedulerTakesOver() {
        SchedulerCommand.Admit admit = admit("r");
        link.tell(admit);
        register(first);
        answerPing(first);
        hub.expectMessage(new AdmissionReply.AskAgain());
        link.tell(admit);
        expect(first, admit);
        register(second);
        answerPing(second);

        for (int i = 0; i < 8; i++) {
            time.timePasses(Duration.ofMillis(100));
            answerPing(second);
        }
        hub.expectMessage(new AdmissionReply.AskAgain());
        link.tell(admit);
        expect(second, admit);
    }

    @Test
    void endsOfRequestsGoToAllSchedulers() {
        register(first);
        register(second);
        answerPing(first);
        answerPing(second);
        SchedulerCommand.Release release = new SchedulerCommand.Release("r", 7);
        link.tell(release);
        expect(first, release);
        expect(second, release);
    }

    private SchedulerCommand.Admit admit(String id) {
        return new SchedulerCommand.Admit(AdmissionRequest.standard(id, "m", 1, 1, List.of()), hub.ref());
    }

    private void register(TestProbe<SchedulerCommand> scheduler) {
        TestProbe<Receptionist.Registered> done = kit.createTestProbe();
        kit.system().receptionist().tell(Receptionist.register(Services.SCHEDULER, scheduler.ref(), done.ref()));
        done.receiveMessage();
    }

    private static void answerPing(TestProbe<SchedulerCommand> scheduler) {
        SchedulerCommand.Ping ping = (SchedulerCommand.Ping) fish(scheduler, SchedulerCommand.Ping.class);
        ping.replyTo().tell(new SchedulerAlive(scheduler.ref(), ping.number(), 1));
    }

    private static void expect(TestProbe<SchedulerCommand> scheduler, SchedulerCommand expected) {
        assertThat(fish(scheduler, expected.getClass())).isEqualTo(expected);
    }

    private static SchedulerCommand fish(TestProbe<SchedulerCommand> scheduler, Class<?> type) {
        return scheduler
                .fishForMessage(
                        PATIENCE,
                        message -> type.isInstance(message)
                                ? FishingOutcomes.complete()
                                : FishingOutcomes.continueAndIgnore())
                .getLast();
    }
}
