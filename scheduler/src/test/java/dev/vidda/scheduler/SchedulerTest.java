package dev.vidda.scheduler;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.AdmissionReply.Admitted;
import dev.vidda.protocol.AdmissionReply.Queued;
import dev.vidda.protocol.AdmissionReply.Refused;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.ModelList;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.WorkerReport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.vidda.scheduler.admission.Cards.RULES;
import static dev.vidda.scheduler.admission.Cards.request;
import static dev.vidda.scheduler.admission.Cards.worker;
import static org.assertj.core.api.Assertions.assertThat;

final class SchedulerTest {
    private static final ActorTestKit KIT = ActorTestKit.create();

    private static final SchedulerSettings SETTINGS = new SchedulerSettings(RULES, Duration.ofMillis(10));

    private ActorRef<SchedulerCommand> scheduler;
    private TestProbe<AdmissionReply> gateway;
    private TestProbe<WorkerCommand> worker;

    @BeforeEach
    void start() {
        scheduler = KIT.spawn(Scheduler.create(SETTINGS, new Scheduler.Clocks(() -> 0L, () -> 0L)));
        gateway = KIT.createTestProbe();
        worker = KIT.createTestProbe();
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void aRequestIsAdmittedToTheRegisteredWorker() {
        register(worker("w", "m", 10), worker.getRef());
        admit(request("a", "m", 4), gateway.getRef());
        gateway.expectMessage(new Admitted(new Lease("a", "w", 4), worker.getRef()));
    }

    @Test
    void waitingRequestsAreToldTheirPositionAndAdmittedInOrder() {
        register(worker("w", "m", 10), worker.getRef());
        admit(request("a", "m", 10), gateway.getRef());
        admit(request("b", "m", 10), gateway.getRef());
        admit(request("c", "m", 10), gateway.getRef());
        gateway.expectMessageClass(Admitted.class);
        gateway.expectMessage(new Queued("b", 0, -1));
        gateway.expectMessage(new Queued("c", 1, -1));
        scheduler.tell(new SchedulerCommand.Release("a", -1));
        gateway.expectMessage(new Admitted(new Lease("b", "w", 10), worker.getRef()));
        gateway.expectMessage(new Queued("c", 0, -1));
        scheduler.tell(new SchedulerCommand.Release("b", -1));
        gateway.expectMessage(new Admitted(new Lease("c", "w", 10), worker.getRef()));
    }

    @Test
    void whatNeverFitsIsRefusedAtOnceThoughOthersWait() {
        register(worker("w", "m", 10), worker.getRef());
        admit(request("a", "m", 10), gateway.getRef());
        admit(request("b", "m", 10), gateway.getRef());
        gateway.receiveSeveralMessages(2);
        admit(request("c", "m", 11), gateway.getRef());
        assertThat(refusal().reason()).isEqualTo(Refusal.Reason.NEVER_FITS);
    }

    @Test
    void aDyingGatewayGivesItsLeasesAndPlacesBack() {
        register(worker("w", "m", 10), worker.getRef());
        TestProbe<AdmissionReply> dying = KIT.createTestProbe();
        ActorRef<AdmissionReply> forwarder = KIT.spawn(forwardingTo(dying.getRef()));
        admit(request("a", "m", 10), forwarder);
        admit(request("b", "m", 10), forwarder);
        dying.receiveSeveralMessages(2);
        admit(request("c", "m", 10), gateway.getRef());
        gateway.expectMessage(new Queued("c", 1, -1));
        KIT.stop(forwarder);
        // The lease goes first, which serves b to the dead gateway; then b, which serves c.
        gateway.expectMessage(new Admitted(new Lease("c", "w", 10), worker.getRef()));
    }

    @Test
    void aGatewayThatListensThroughAnAdapterIsWatchedToo() {
        register(worker("w", "m", 10), worker.getRef());
        TestProbe<AdmissionReply> seen = KIT.createTestProbe();
        ActorRef<AdmissionReply> adapted = KIT.spawn(Behaviors.setup(context -> {
            ActorRef<AdmissionReply> adapter = context.messageAdapter(AdmissionReply.class, reply -> reply);
            admit(request("a", "m", 10), adapter);
            return forwardingTo(seen.getRef());
        }));
        seen.expectMessageClass(Admitted.class);
        admit(request("b", "m", 10), gateway.getRef());
        gateway.expectMessage(new Queued("b", 0, -1));
        KIT.stop(adapted);
        gateway.expectMessage(new Admitted(new Lease("b", "w", 10), worker.getRef()));
    }

    @Test
    void aGatewayThatHasNothingLeftIsNoLongerWatched() {
        register(worker("w", "m", 10), worker.getRef());
        ActorRef<AdmissionReply> brief = KIT.spawn(forwardingTo(gateway.getRef()));
        admit(request("a", "m", 10), brief);
        gateway.expectMessageClass(Admitted.class);
        scheduler.tell(new SchedulerCommand.Release("a", -1));
        admit(request("a", "m", 10), gateway.getRef());
        gateway.expectMessageClass(Admitted.class);
        KIT.stop(brief);
        admit(request("b", "m", 1), gateway.getRef());
        gateway.expectMessage(new Queued("b", 0, -1));
    }

    @Test
    void aRequestThatChangesHandsAnswersToTheNewGateway() {
        register(worker("w", "m", 10), worker.getRef());
        TestProbe<AdmissionReply> first = KIT.createTestProbe();
        ActorRef<AdmissionReply> forwarder = KIT.spawn(forwardingTo(first.getRef()));
        admit(request("a", "m", 10), gateway.getRef());
        gateway.expectMessageClass(Admitted.class);
        admit(request("b", "m", 10), forwarder);
        first.expectMessage(new Queued("b", 0, -1));
        admit(request("b", "m", 10), gateway.getRef());
        gateway.expectMessage(new Queued("b", 0, -1));
        KIT.stop(forwarder);
        scheduler.tell(new SchedulerCommand.Release("a", -1));
        gateway.expectMessage(new Admitted(new Lease("b", "w", 10), worker.getRef()));
    }

    @Test
    void whenTheLastWorkerDiesWaitingRequestsAreRefused() {
        ActorRef<WorkerCommand> mortal = KIT.spawn(Behaviors.<WorkerCommand>ignore());
        register(worker("w", "m", 10), mortal);
        admit(request("a", "m", 10), gateway.getRef());
        admit(request("b", "m", 10), gateway.getRef());
        gateway.receiveSeveralMessages(2);
        KIT.stop(mortal);
        assertThat(refusal().reason()).isEqualTo(Refusal.Reason.UNAVAILABLE);
        assertThat(models().workers()).isEmpty();
    }

    @Test
    void leasesOfADeadWorkerAreNotLeftBehindWhenItComesBack() {
        ActorRef<WorkerCommand> mortal = KIT.spawn(Behaviors.<WorkerCommand>ignore());
        register(worker("w", "m", 10), mortal);
        admit(request("a", "m", 10), gateway.getRef());
        gateway.expectMessageClass(Admitted.class);
        // The new incarnation registers before the old one's end is noticed.
        register(worker("w", "m", 10), worker.getRef());
        KIT.stop(mortal);
        admit(request("b", "m", 10), gateway.getRef());
        gateway.expectMessage(new Admitted(new Lease("b", "w", 10), worker.getRef()));
        assertThat(models().workers()).containsExactly(worker("w", "m", 10));
    }

    @Test
    void registeringAgainChangesNothing() {
        register(worker("w", "m", 10), worker.getRef());
        admit(request("a", "m", 10), gateway.getRef());
        gateway.expectMessageClass(Admitted.class);
        register(worker("w", "m", 10), worker.getRef());
        scheduler.tell(new SchedulerCommand.Report(WorkerReport.idle("w")));
        admit(request("b", "m", 1), gateway.getRef());
        gateway.expectMessage(new Queued("b", 0, -1));
    }

    @Test
    void allWorkersAreListedInOrder() {
        register(worker("w2", "m", 10), worker.getRef());
        register(worker("w1", "n", 10), KIT.<WorkerCommand>createTestProbe().getRef());
        assertThat(models().workers()).containsExactly(worker("w1", "n", 10), worker("w2", "m", 10));
    }

    @Test
    void theDefaultConfigurationStartsAScheduler() {
        SchedulerSettings settings =
                SchedulerSettings.from(KIT.system().settings().config());
        ActorRef<SchedulerCommand> byDefault = KIT.spawn(Scheduler.create(settings));
        byDefault.tell(new SchedulerCommand.Admit(request("a", "m", 1), gateway.getRef()));
        assertThat(refusal().reason()).isEqualTo(Refusal.Reason.UNKNOWN_MODEL);
    }

    private void register(WorkerCard card, ActorRef<WorkerCommand> ref) {
        scheduler.tell(new SchedulerCommand.RegisterWorker(card, List.of(), ref));
    }

    private void admit(AdmissionRequest request, ActorRef<AdmissionReply> replyTo) {
        scheduler.tell(new SchedulerCommand.Admit(request, replyTo));
    }

    private Refusal refusal() {
        return gateway.expectMessageClass(Refused.class).refusal();
    }

    private ModelList models() {
        TestProbe<ModelList> asker = KIT.createTestProbe();
        scheduler.tell(new SchedulerCommand.ListModels(asker.getRef()));
        return asker.receiveMessage();
    }

    private static Behavior<AdmissionReply> forwardingTo(ActorRef<AdmissionReply> target) {
        return Behaviors.receiveMessage(reply -> {
            target.tell(reply);
            return Behaviors.same();
        });
    }
}
