package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.scheduler.admission.Decision.Ended;
import dev.vidda.scheduler.admission.Decision.Granted;
import dev.vidda.scheduler.admission.Decision.Waits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.vidda.scheduler.admission.Cards.RULES;
import static dev.vidda.scheduler.admission.Cards.refusal;
import static dev.vidda.scheduler.admission.Cards.request;
import static dev.vidda.scheduler.admission.Cards.seconds;
import static dev.vidda.scheduler.admission.Cards.sized;
import static dev.vidda.scheduler.admission.Cards.worker;
import static org.assertj.core.api.Assertions.assertThat;

final class AdmissionTest {
    private final Admission admission = new Admission(RULES);

    @AfterEach
    void invariantsHold() {
        admission.checkIntegrity();
    }

    @Test
    void aRequestThatFitsIsAdmittedWithEverythingItCanComeToNeed() {
        admission.join(worker("w", "m", 100), List.of(), 0);
        // 100 kept tokens fill 7 blocks of 16; samples share the 3 blocks before the one of the last prompt token.
        assertThat(admit(sized("a", "m", 50, 51, 1))).containsExactly(granted("a", "w", 7));
        assertThat(admit(sized("b", "m", 50, 51, 4))).containsExactly(granted("b", "w", 3 + 4 * 4));
    }

    @Test
    void theWorkerWithMostFreeBlocksIsChosen() {
        admission.join(worker("w1", "m", 10), List.of(), 0);
        admission.join(worker("w2", "m", 12), List.of(), 0);
        assertThat(admit(request("a", "m", 4))).containsExactly(granted("a", "w2", 4));
        assertThat(admit(request("b", "m", 2))).containsExactly(granted("b", "w1", 2));
    }

    @Test
    void amongEqualWorkersTheLowestIdIsChosen() {
        admission.join(worker("w3", "m", 10), List.of(), 0);
        admission.join(worker("w1", "m", 10), List.of(), 0);
        admission.join(worker("w2", "m", 10), List.of(), 0);
        assertThat(admit(request("a", "m", 4))).containsExactly(granted("a", "w1", 4));
        assertThat(admit(request("b", "m", 4))).containsExactly(granted("b", "w2", 4));
    }

    @Test
    void aWorkerOfAnotherModelIsNeverChosen() {
        admission.join(worker("w1", "m", 10), List.of(), 0);
        admission.join(worker("w2", "other", 1_000), List.of(), 0);
        assertThat(admit(request("a", "m", 4))).containsExactly(granted("a", "w1", 4));
    }

    @Test
    void aRequestThatDoesNotFitNowWaitsUntilItDoes() {
        admission.join(worker("w", "m", 10), List.of(), 0);
        admit(request("a", "m", 6));
        assertThat(admit(request("b", "m", 5))).containsExactly(new Waits("b", 0, -1));
        assertThat(admission.release("a", -1, seconds(1))).containsExactly(granted("b", "w", 5));
    }

    @Test
    void nobodyPassesAHeadThatLacksRoom() {
        admission.join(worker("w", "m", 10), List.of(), 0);
        admit(request("a", "m", 6));
        admit(request("big", "m", 10));
        assertThat(admit(request("small", "m", 1))).containsExactly(new Waits("small", 1, -1));
        assertThat(admission.release("a", -1, seconds(1))).containsExactly(granted("big", "w", 10));
        assertThat(admission.release("big", -1, seconds(2))).containsExactly(granted("small", "w", 1));
    }

    @Test
    void aReleaseAdmitsAsManyOfTheLineAsFit() {
        admission.join(worker("w", "m", 10), List.of(), 0);
        admit(request("a", "m", 10));
        for (String id : List.of("b", "c", "d", "e")) {
            admit(request(id, "m", 4));
        }
        assertThat(admission.release("a", -1, seconds(1))).containsExactly(granted("b", "w", 4), granted("c", "w", 4));
    }

    @Test
    void theLineOfOneModelDoesNotHoldUpAnother() {
        admission.join(worker("w1", "m", 10), List.of(), 0);
        admission.join(worker("w2", "other", 10), List.of(), 0);
        admit(request("a", "m", 10));
        admit(request("b", "m", 10));
        assertThat(admit(request("c", "other", 10))).containsExactly(granted("c", "w2", 10));
    }

    @Test
    void whoLeavesTheLineLetsTheNextMoveUp() {
        admission.join(worker("w", "m", 10), List.of(), 0);
        admit(request("a", "m", 6));
        admit(request("big", "m", 10));
        admit(request("small", "m", 1));
        assertThat(admission.release("big", -1, seconds(1))).containsExactly(granted("small", "w", 1));
        assertThat(admission.release("small", -1, seconds(2))).isEmpty();
    }

    @Test
    void unknownRequestsAndWorkersAreIgnored() {
        assertThat(admission.release("nobody", -1, 0)).isEmpty();
        assertThat(admission.leave("nobody", 0)).isEmpty();
    }

    @Test
    void moreTokensThanTheContextHoldsAreRefusedAtOnceWithTheNumbers() {
        admission.join(worker("w1", "m", 1_000, 4_096), List.of(), 0);
        admission.join(worker("w2", "m", 10, 2_048), List.of(), 0);
        Refusal refusal = refusal(only(admit(sized("a", "m", 4_000, 97, 1))));
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.CONTEXT_LENGTH);
        assertThat(refusal.retryAfterMillis()).isEqualTo(-1);
        assertThat(refusal.blocksNeeded()).isEqualTo(256);
        assertThat(refusal.blocksLargest()).isEqualTo(1_000);
        assertThat(refusal.longestContext()).isEqualTo(4_096);
        assertThat(refusal.message())
                .isEqualTo("4000 prompt tokens and up to 97 new tokens exceed the context length of model m, which is"
                        + " 4096 tokens; at most 4096 fit now");
        assertThat(admit(sized("b", "m", 4_000, 96, 1))).containsExactly(granted("b", "w1", 256));
    }

    @Test
    void moreBlocksThanTheLargestPoolAreRefusedAtOnceWithTheNumbers() {
        admission.join(worker("w1", "m", 10), List.of(), 0);
        admission.join(worker("w2", "m", 20), List.of(), 0);
        Refusal refusal = refusal(only(admit(sized("a", "m", 300, 22, 1))));
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.NEVER_FITS);
        assertThat(refusal.retryAfterMillis()).isEqualTo(-1);
        assertThat(refusal.blocksNeeded()).isEqualTo(21);
        assertThat(refusal.blocksLargest()).isEqualTo(20);
        assertThat(refusal.longestContext()).isEqualTo(321);
        assertThat(refusal.message())
                .isEqualTo("300 prompt tokens and up to 22 new tokens need 21 KV blocks of 16 tokens, but the largest"
                        + " pool that serves model m has 20; one sequence of at most 321 tokens fits");
        assertThat(admit(sized("b", "m", 300, 21, 1))).containsExactly(granted("b", "w2", 20));
    }

    @Test
    void samplesCountAmongTheBlocksThatNeverFit() {
        admission.join(worker("w", "m", 20), List.of(), 0);
        Refusal refusal = refusal(only(admit(sized("a", "m", 16, 33, 10))));
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.NEVER_FITS);
        assertThat(refusal.blocksNeeded()).isEqualTo(30);
        assertThat(refusal.message())
                .startsWith("16 prompt tokens and up to 33 new tokens for each of 10 samples need");
    }

    @Test
    void aLongRequestGoesToTheWorkerThatCanHoldItAndNotToOneThatCannot() {
        admission.join(worker("deep", "m", 50, 4_096), List.of(), 0);
        admission.join(worker("wide", "m", 500, 256), List.of(), 0);
        assertThat(admit(sized("a", "m", 300, 20, 1))).containsExactly(granted("a", "deep", 20));
        assertThat(admit(sized("b", "m", 200, 20, 1))).containsExactly(granted("b", "wide", 14));
        Refusal refusal = refusal(only(admit(sized("c", "m", 2_000, 20, 1))));
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.NEVER_FITS);
        assertThat(refusal.blocksLargest())
                .as("the wide worker's context is too short")
                .isEqualTo(50);
        assertThat(refusal.longestContext()).isEqualTo(801);
    }

    @Test
    void absurdSizesAreRefusedLikeAnyOther() {
        admission.join(worker("w", "m", 20, Integer.MAX_VALUE), List.of(), 0);
        int most = Integer.MAX_VALUE;
        assertThat(refusal(only(admit(sized("a", "m", most, most, most)))).reason())
                .isEqualTo(Refusal.Reason.CONTEXT_LENGTH);
        assertThat(refusal(only(admit(sized("b", "m", 1, 1, most)))).reason()).isEqualTo(Refusal.Reason.NEVER_FITS);
    }

    @Test
    void aModelThatNobodyEverServedIsUnknown() {
        admission.join(worker("w", "m", 20), List.of(), 0);
        Refusal refusal = refusal(only(admit(request("a", "n", 1))));
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.UNKNOWN_MODEL);
        assertThat(refusal.message()).isEqualTo("model n is not served here; served: [m]");
    }

    @Test
    void aModelThatLostItsWorkersIsUnavailableForAWhile() {
        admission.join(worker("w", "m", 20), List.of(), 0);
        admission.leave("w", seconds(1));
        Refusal refusal = refusal(only(admit(request("a", "m", 1))));
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.UNAVAILABLE);
        assertThat(refusal.retryAfterMillis()).isEqualTo(5_000);
        admission.join(worker("w", "m", 20), List.of(), seconds(2));
        assertThat(admit(request("a", "m", 1))).containsExactly(granted("a", "w", 1));
    }

    @Test
    void leasesEndAndTheLineIsRefusedWhenTheLastWorkerGoes() {
        admission.join(worker("w", "m", 10), List.of(), 0);
        admit(request("a", "m", 10));
        admit(request("b", "m", 1));
        List<Decision> decisions = admission.leave("w", seconds(1));
        assertThat(decisions).hasSize(2).first().isEqualTo(new Ended(new Lease("a", "w", 10)));
        assertThat(decisions.getLast().requestId()).isEqualTo("b");
        assertThat(refusal(decisions.getLast()).reason()).isEqualTo(Refusal.Reason.UNAVAILABLE);
        assertThat(admission.workers()).isEmpty();
    }

    @Test
    void onlyThoseWhomNoRemainingWorkerCanHoldAreRefused() {
        admission.join(worker("large", "m", 10), List.of(), 0);
        admission.join(worker("small", "m", 4), List.of(), 0);
        admit(request("a", "m", 10));
        admit(request("b", "m", 3));
        admit(request("c", "m", 10));
        admit(request("d", "m", 2));
        List<Decision> decisions = admission.leave("large", seconds(1));
        assertThat(decisions).extracting(Decision::requestId).containsExactly("a", "c");
        assertThat(refusal(decisions.get(1)).reason()).isEqualTo(Refusal.Reason.UNAVAILABLE);
    }

    @Test
    void aNewWorkerTakesTheLineOver() {
        admission.join(worker("w", "m", 10), List.of(), 0);
        admit(request("a", "m", 10));
        admit(request("b", "m", 10));
        assertThat(admission.join(worker("v", "m", 10), List.of(), seconds(1))).containsExactly(granted("b", "v", 10));
    }

    @Test
    void aWorkerThatComesAnewHasNoLeases() {
        admission.join(worker("w", "m", 10), List.of(), 0);
        admit(request("a", "m", 10));
        admit(request("b", "m", 10));
        assertThat(admission.join(worker("w", "m", 12), List.of(), seconds(1)))
                .containsExactly(new Ended(new Lease("a", "w", 10)), granted("b", "w", 10));
    }

    @Test
    void aWorkerThatComesAnewWithAnotherModelLeavesItsOldLine() {
        admission.join(worker("w", "m", 10), List.of(), 0);
        admit(request("a", "m", 10));
        admit(request("b", "m", 10));
        List<Decision> decisions = admission.join(worker("w", "n", 10), List.of(), seconds(1));
        assertThat(decisions).extracting(Decision::requestId).containsExactly("a", "b");
        assertThat(refusal(decisions.getLast()).reason()).isEqualTo(Refusal.Reason.UNAVAILABLE);
        assertThat(admit(request("c", "n", 10))).containsExactly(granted("c", "w", 10));
    }

    @Test
    void aFullLineRefusesWithTheTimeItTakesToDrain() {
        Admission tight = new Admission(waiting(1_000, 2));
        tight.join(worker("w", "m", 10), List.of(), 0);
        for (int i = 0; i < 30; i++) {
            tight.admit(request("r" + i, "m", 1), 0, 0);
        }
        Refusal unmeasured = refusal(only(tight.admit(request("x", "m", 1), 0, 0)));
        assertThat(unmeasured.reason()).isEqualTo(Refusal.Reason.QUEUE_FULL);
        assertThat(unmeasured.retryAfterMillis()).isEqualTo(5_000);
        assertThat(unmeasured.message())
                .isEqualTo("the waiting line of model m is full: 20 of at most 1000 requests wait for 20 of at most 20"
                        + " KV blocks; this one needs 1");
        for (int i = 0; i < 100; i++) {
            tight.release("r" + i, -1, seconds(i + 1));
            tight.admit(request("r" + (30 + i), "m", 1), 0, seconds(i + 1));
        }
        long retryAfter = refusal(only(tight.admit(request("x", "m", 1), 0, seconds(100))))
                .retryAfterMillis();
        assertThat(retryAfter).as("21 blocks in front at one block a second").isBetween(20_000L, 22_000L);
        tight.checkIntegrity();
    }

    @Test
    void aLineOfNoPlacesRefusesWhatDoesNotFitNow() {
        Admission none = new Admission(waiting(0, 1));
        none.join(worker("w", "m", 10), List.of(), 0);
        assertThat(none.admit(request("a", "m", 10), 0, 0)).containsExactly(granted("a", "w", 10));
        assertThat(refusal(only(none.admit(request("b", "m", 1), 0, 0))).reason())
                .isEqualTo(Refusal.Reason.QUEUE_FULL);
    }

    @Test
    void aRequestAskedForAgainKeepsItsPlace() {
        admission.join(worker("w", "m", 10), List.of(), 0);
        admit(request("a", "m", 10));
        admit(request("b", "m", 1));
        admit(request("c", "m", 1));
        assertThat(admit(request("b", "m", 1))).containsExactly(new Waits("b", 0, -1));
        assertThat(admit(request("c", "m", 1))).containsExactly(new Waits("c", 1, -1));
    }

    @Test
    void aRequestThatComesBackWithAnotherSizeStartsAnew() {
        admission.join(worker("w", "m", 10), List.of(), 0);
        admit(request("a", "m", 10));
        admit(request("b", "m", 1));
        admit(request("c", "m", 1));
        assertThat(admit(request("b", "m", 2))).containsExactly(new Waits("b", 1, -1));
        assertThat(admit(request("a", "m", 3)))
                .containsExactly(granted("c", "w", 1), granted("b", "w", 2), granted("a", "w", 3));
    }

    private static AdmissionRules waiting(int requests, double pools) {
        return Cards.rules(new SchedulerLimits(requests, pools, 0, 1, 0, Long.MAX_VALUE, 0, 0, Map.of()));
    }

    private List<Decision> admit(AdmissionRequest request) {
        return admission.admit(request, 0, 0);
    }

    private static Granted granted(String id, String worker, int blocks) {
        return new Granted(new Lease(id, worker, blocks));
    }

    private static Decision only(List<Decision> decisions) {
        assertThat(decisions).hasSize(1);
        return decisions.getFirst();
    }
}
