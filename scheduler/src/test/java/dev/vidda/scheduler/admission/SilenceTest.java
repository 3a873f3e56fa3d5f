package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.FitQuestion;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.scheduler.admission.Decision.Granted;
import dev.vidda.scheduler.admission.Decision.Refused;
import dev.vidda.scheduler.admission.Decision.Waits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static dev.vidda.scheduler.admission.Cards.LIMITS;
import static dev.vidda.scheduler.admission.Cards.refusal;
import static dev.vidda.scheduler.admission.Cards.request;
import static dev.vidda.scheduler.admission.Cards.seconds;
import static dev.vidda.scheduler.admission.Cards.worker;
import static org.assertj.core.api.Assertions.assertThat;

/** Workers are quiet after 3 s without a report, and missing after 15. */
final class SilenceTest {
    private static final Silence SILENCE = new Silence(Duration.ofSeconds(3), Duration.ofSeconds(15));

    private final Admission admission =
            new Admission(new AdmissionRules(LIMITS, Cards.RETRY_AFTER, Duration.ofMinutes(5), 1_000, SILENCE));

    @Test
    void aQuietWorkerGetsNothingNewWhileAnotherOneIsHeard() {
        join("w1", 100);
        join("w2", 10);
        assertThat(granted(admit(request("a", "m", 1), 2.9)).workerId()).isEqualTo("w1");
        report("w2", 3);
        admission.tick(seconds(3));
        assertThat(granted(admit(request("b", "m", 1), 3)).workerId()).isEqualTo("w2");

        report("w1", 4);
        assertThat(granted(admit(request("c", "m", 20), 4)).workerId()).isEqualTo("w1");
        admission.checkIntegrity();
    }

    @Test
    void whileAllWorkersAreQuietRequestsWaitAndRunInOrderWhenOneReports() {
        join("w1", 10);
        join("w2", 10);
        admission.tick(seconds(3));
        assertThat(admit(request("a", "m", 8), 4)).isInstanceOf(Waits.class);
        assertThat(admit(request("b", "m", 2), 5)).isInstanceOf(Waits.class);
        assertThat(admission.tick(seconds(14))).noneMatch(Refused.class::isInstance);
        assertThat(admission.wakeNanos()).isEqualTo(Long.MAX_VALUE);

        assertThat(report("w2", 14)).extracting(SilenceTest::grantedTo).containsExactly("a on w2", "b on w2");
        admission.checkIntegrity();
    }

    @Test
    void aWorkerThatRegistersAgainIsHeard() {
        join("w1", 10);
        admission.tick(seconds(3));
        assertThat(admit(request("a", "m", 1), 4)).isInstanceOf(Waits.class);

        admission.confirm(worker("w1", "m", 10), List.of(), seconds(5));
        assertThat(admission.tick(seconds(5)))
                .extracting(SilenceTest::grantedTo)
                .containsExactly("a on w1");
    }

    @Test
    void whoWaitsIsRefusedWhenSilenceLastsTooLongAndWhoComesThenAtOnce() {
        join("w1", 10);
        join("w2", 10);
        report("w2", 5);
        admission.tick(seconds(8));
        assertThat(admit(request("a", "m", 1), 8)).isInstanceOf(Waits.class);
        assertThat(admission.tick(seconds(15))).noneMatch(Refused.class::isInstance);

        Refusal late = refusal(admission.tick(seconds(20)).getFirst());
        assertThat(late.reason()).isEqualTo(Refusal.Reason.UNAVAILABLE);
        assertThat(late.retryAfterMillis()).isEqualTo(5_000);
        Refusal next = refusal(admit(request("b", "m", 1), 20));
        assertThat(next.reason()).isEqualTo(Refusal.Reason.UNAVAILABLE);
        assertThat(next.message()).contains("of 2 that are known, 2 have been silent for too long and 0 drain");

        report("w1", 21);
        assertThat(granted(admit(request("c", "m", 1), 21)).workerId()).isEqualTo("w1");
        admission.checkIntegrity();
    }

    @Test
    void whoWaitsForAQuietWorkerThatLeavesIsRefusedAtOnce() {
        join("w1", 10);
        admission.tick(seconds(3));
        assertThat(admit(request("a", "m", 1), 4)).isInstanceOf(Waits.class);
        assertThat(refusal(admission.leave("w1", seconds(5)).getFirst()).reason())
                .isEqualTo(Refusal.Reason.UNAVAILABLE);
        assertThat(refusal(admit(request("b", "m", 1), 5)).reason()).isEqualTo(Refusal.Reason.UNAVAILABLE);
    }

    @Test
    void nobodyWaitsForAQuietWorkerLongerThanForOthers() {
        join("w1", 10);
        admission.tick(seconds(3));
        AdmissionRequest hasty = with(request("a", "m", 1), new Patience(0, 2_000, 0, 0), List.of());
        assertThat(admit(hasty, 4)).isInstanceOf(Waits.class);
        assertThat(admission.tick(seconds(5.9))).noneMatch(Refused.class::isInstance);
        assertThat(refusal(admission.tick(seconds(6)).getFirst()).reason()).isEqualTo(Refusal.Reason.TOO_LATE);
    }

    @Test
    void whatNoWorkerCouldEverRunIsRefusedAtOnceAllTheSame() {
        join("w1", 10);
        admission.tick(seconds(3));
        assertThat(refusal(admit(request("a", "m", 11), 4)).reason()).isEqualTo(Refusal.Reason.NEVER_FITS);
        assertThat(refusal(admit(request("b", "other", 1), 4)).reason()).isEqualTo(Refusal.Reason.UNKNOWN_MODEL);
    }

    @Test
    void aRequestGoesBackToAWorkerThatFailedItRatherThanWaitForAQuietOne() {
        join("w1", 10);
        join("w2", 10);
        report("w1", 3);
        admission.tick(seconds(3));
        AdmissionRequest moved = with(request("a~1", "m", 1), Patience.ENDLESS, List.of("w1"));
        assertThat(granted(admit(moved, 3)).workerId()).isEqualTo("w1");
    }

    @Test
    void leasesOfAQuietWorkerStayUntilTheyEndOrItLeaves() {
        join("w1", 10);
        granted(admit(request("a", "m", 4), 0));
        admission.tick(seconds(20));
        assertThat(committed()).isEqualTo(4);
        admission.release("a", -1, seconds(21));
        assertThat(committed()).isZero();
    }

    @Test
    void nothingFitsOnAQuietWorkerNow() {
        join("w1", 10);
        FitQuestion question = new FitQuestion("m", 16, 1, 1, Tenant.ANYONE, ServiceClass.STANDARD, false, 0, 0);
        assertThat(admission.fit(question, seconds(1)).fitNow()).isEqualTo(1);
        admission.tick(seconds(3));
        assertThat(admission.fit(question, seconds(3)).fitNow()).isZero();
    }

    @Test
    void byDefaultOfTheRulesWorkersMayBeSilentForEver() {
        Admission patient = new Admission(Cards.RULES);
        patient.join(worker("w1", "m", 10), List.of(), 0);
        patient.tick(seconds(1e6));
        assertThat(patient.admit(request("a", "m", 1), 0, seconds(1e6)).getLast())
                .isInstanceOf(Granted.class);
    }

    private void join(String id, int blocks) {
        admission.join(worker(id, "m", blocks), List.of(), 0);
    }

    private Decision admit(AdmissionRequest request, double at) {
        return admission.admit(request, 0, seconds(at)).getLast();
    }

    private List<Decision> report(String id, double at) {
        return admission.report(WorkerReport.idle(id), seconds(at));
    }

    private int committed() {
        return admission.capacity(seconds(21)).workers().getFirst().committedBlocks();
    }

    private static Lease granted(Decision decision) {
        assertThat(decision).isInstanceOf(Granted.class);
        return ((Granted) decision).lease();
    }

    private static String grantedTo(Decision decision) {
        return granted(decision).requestId() + " on " + granted(decision).workerId();
    }

    private static AdmissionRequest with(AdmissionRequest request, Patience patience, List<String> avoided) {
        return new AdmissionRequest(
                request.id(),
                request.model(),
                request.promptTokens(),
                request.maxNewTokens(),
                request.samples(),
                request.tenant(),
                request.serviceClass(),
                request.guaranteed(),
                patience,
                avoided,
                request.prefixHashes());
    }
}
