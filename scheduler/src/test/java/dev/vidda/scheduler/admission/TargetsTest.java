package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.FitQuestion;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import dev.vidda.scheduler.admission.Decision.Granted;
import dev.vidda.scheduler.admission.Decision.Refused;
import dev.vidda.scheduler.admission.Decision.Waits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static dev.vidda.scheduler.admission.Cards.refusal;
import static dev.vidda.scheduler.admission.Cards.seconds;
import static dev.vidda.scheduler.admission.Cards.worker;
import static org.assertj.core.api.Assertions.assertThat;

/** What the time to first token that requests ask for does. Prompts take 1 ms for each of their tokens, and 10 ms a step. */
final class TargetsTest {
    private static final long ARRIVED = 1_000_000;

    private final Admission admission =
            new Admission(Cards.rules(new SchedulerLimits(1_000, 1_000, 0, 1, 16, Long.MAX_VALUE, 0, 0, Map.of())));

    @Test
    void whatNoWorkerCanBeginInTimeIsRefusedAtOnceWithTheNumbers() {
        learned();
        Decision decision = admit(wanting("a", 5_000, 1_000, ARRIVED)).getLast();
        Refusal refusal = refusal(decision);
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.TOO_LATE);
        assertThat(refusal.message()).contains("5000 tokens").contains("within 1000 ms");
        assertThat(admit(wanting("b", 5_000, 10_000, ARRIVED)).getLast()).isInstanceOf(Granted.class);
    }

    @Test
    void whatFitsKnowsTheTarget() {
        learned();
        assertThat(fits(5_000, 1_000)).isZero();
        assertThat(fits(5_000, 10_000)).isEqualTo(1);
    }

    @Test
    void nobodyIsRefusedByAGuess() {
        admission.join(worker("w", "m", 1_000), List.of(), 0);
        assertThat(admit(wanting("a", 15_000, 1, ARRIVED)).getLast()).isInstanceOf(Granted.class);
    }

    @Test
    void whoWaitsIsRefusedWhenItsFirstTokenWouldComeTooLate() {
        learned();
        admit(Cards.request("full", "m", 1_000));
        assertThat(admit(wanting("a", 160, 2_000, ARRIVED)).getLast()).isInstanceOf(Waits.class);
        assertThat(admission.tick(seconds(1.5))).noneMatch(Refused.class::isInstance);
        Refusal refusal = refusal(admission.tick(seconds(2)).getFirst());
        assertThat(refusal.message()).contains("within the 2000 ms that it asks for");
    }

    @Test
    void oneThatLostItsWorkerIsNotRefusedForItsFirstToken() {
        learned();
        AdmissionRequest lost = wanting("a~1", 5_000, 1_000, ARRIVED);
        AdmissionRequest moved = new AdmissionRequest(
                lost.id(),
                "m",
                5_000,
                1,
                1,
                Tenant.ANYONE,
                ServiceClass.STANDARD,
                false,
                lost.patience(),
                List.of("gone"),
                List.of());
        assertThat(admission.admit(moved, 60_000, 0).getLast()).isInstanceOf(Granted.class);
    }

    @Test
    void ofOneTenantWhoseFirstTokenIsDueFirstIsServedFirst() {
        admission.join(worker("w", "m", 1_000), List.of(), 0);
        admit(Cards.request("full", "m", 1_000));
        admit(wanting("patient", 160, 0, ARRIVED));
        admit(wanting("hurried", 160, 500, ARRIVED + 100));
        admit(wanting("late", 160, 500, ARRIVED + 20_000));
        assertThat(granted(admission.release("full", -1, seconds(1)))).containsExactly("hurried", "patient", "late");
    }

    private void learned() {
        admission.join(worker("w", "m", 1_000), List.of(), 0);
        admission.report(Cards.learned("w"), 0);
    }

    private int fits(int prompt, long target) {
        return admission
                .fit(new FitQuestion("m", prompt, 1, 1, Tenant.ANYONE, ServiceClass.STANDARD, false, target, 0), 0)
                .fitNow();
    }

    private List<Decision> admit(AdmissionRequest request) {
        return admission.admit(request, 0, 0);
    }

    private static List<String> granted(List<Decision> decisions) {
        return decisions.stream()
                .filter(Granted.class::isInstance)
                .map(Decision::requestId)
                .toList();
    }

    private static AdmissionRequest wanting(String id, int prompt, long ttftMillis, long arrivedMillis) {
        return new AdmissionRequest(
                id,
                "m",
                prompt,
                1,
                1,
                Tenant.ANYONE,
                ServiceClass.STANDARD,
                false,
                new Patience(arrivedMillis, 0, ttftMillis, 0),
                List.of(),
                List.of());
    }
}
