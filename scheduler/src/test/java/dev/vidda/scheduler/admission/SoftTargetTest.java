package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.FitQuestion;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import dev.vidda.scheduler.admission.Decision.Granted;
import dev.vidda.scheduler.admission.Decision.Waits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.vidda.scheduler.admission.Cards.seconds;
import static dev.vidda.scheduler.admission.Cards.worker;
import static org.assertj.core.api.Assertions.assertThat;

/** What a soft target of a second does to those who wait. Prompts take 1 ms for each of their tokens, and 10 ms a step. */
final class SoftTargetTest {
    private static final int LATE_SHARE = 32;
    private static final int MOST_PASSES = 4;
    private static final int LONGEST_LINE = 20;

    private Admission admission = admission(1_000, 1_000);

    static LongStream seeds() {
        Long given = Long.getLong("seed");
        return given == null ? LongStream.range(1, 21) : LongStream.of(given);
    }

    @Test
    void whoCanStillBeInTimeGoesBeforeWhoCannot() {
        fill();
        admit(request("old", 160, ServiceClass.STANDARD, 0), 0);
        admit(request("new", 160, ServiceClass.STANDARD, 500), 0.5);
        assertThat(granted(admission.release("full", -1, seconds(0.9)))).containsExactly("new", "old");
    }

    @Test
    void noneIsLateWithoutATarget() {
        admission = admission(1_000, 0);
        fill();
        admit(request("old", 160, ServiceClass.STANDARD, 0), 0);
        admit(request("new", 160, ServiceClass.STANDARD, 60_000), 60);
        assertThat(granted(admission.release("full", -1, seconds(60)))).containsExactly("old", "new");
    }

    @Test
    void noneIsLateBeforeStepTimesWereLearned() {
        admission.join(worker("w", "m", 1_000), List.of(), 0);
        admit(Cards.request("full", "m", 1_000), 0);
        admit(request("old", 160, ServiceClass.STANDARD, 0), 0);
        admit(request("new", 160, ServiceClass.STANDARD, 60_000), 60);
        assertThat(granted(admission.release("full", -1, seconds(60)))).containsExactly("old", "new");
    }

    /** 4,000 tokens take 4 s, so their prompt may wait for 32 s on a worker. */
    @ParameterizedTest
    @ValueSource(ints = {10, 30})
    void aLongPromptHasAsMuchMoreTime(int waited) {
        fill();
        admit(request("long", 4_000, ServiceClass.STANDARD, 0), 0);
        admit(request("short", 160, ServiceClass.STANDARD, 1_000L * waited), waited);
        boolean isLate = waited > 20;
        assertThat(granted(admission.release("full", -1, seconds(waited))))
                .containsExactly(isLate ? "short" : "long", isLate ? "long" : "short");
    }

    @Test
    void oneThatLostItsWorkerIsNeverLate() {
        fill();
        AdmissionRequest lost = request("moved", 160, ServiceClass.STANDARD, 0);
        AdmissionRequest moved = new AdmissionRequest(
                lost.id(),
                "m",
                160,
                1,
                1,
                Tenant.ANYONE,
                ServiceClass.STANDARD,
                false,
                lost.patience(),
                List.of("gone"),
                List.of());
        admission.admit(moved, 60_000, seconds(60));
        admit(request("new", 160, ServiceClass.STANDARD, 60_000), 60);
        assertThat(granted(admission.release("full", -1, seconds(60)))).containsExactly("moved", "new");
    }

    @Test
    void aBatchIsNeverLate() {
        fill();
        admit(request("old", 160, ServiceClass.BATCH, 0), 0);
        admit(request("new", 160, ServiceClass.BATCH, 60_000), 60);
        assertThat(granted(admission.release("full", -1, seconds(60)))).containsExactly("old", "new");
    }

    @Test
    void oneThatCameLongAgoToItsGatewayIsLateWhenItJoins() {
        fill();
        admit(request("new", 160, ServiceClass.STANDARD, 5_000), 5);
        List<Decision> decisions =
                admission.admit(request("old", 160, ServiceClass.STANDARD, 1_000), 4_000, seconds(5));
        assertThat(((Waits) decisions.getLast()).position()).isEqualTo(1);
        assertThat(granted(admission.release("full", -1, seconds(5)))).containsExactly("new", "old");
    }

    @Test
    void aWorkerThatIsKeptFreeForOneStaysSoWhenThatIsLate() {
        admission = admission(1, 1_000);
        fill();
        admission.release("full", -1, 0);
        admit(Cards.request("a", "m", 500), 0);
        admit(Cards.request("b", "m", 499), 0);
        admit(request("large", 12_800, ServiceClass.STANDARD, 0), 0);
        assertThat(granted(admit(request("passes", 16, ServiceClass.STANDARD, 1), 0)))
                .containsExactly("passes");
        admit(request("next", 16, ServiceClass.STANDARD, 2), 0);
        admit(request("new", 160, ServiceClass.STANDARD, 999_000), 999);
        assertThat(granted(admission.release("passes", -1, seconds(999))))
                .as("the worker is kept free")
                .isEmpty();
        admission.release("a", -1, seconds(999));
        assertThat(granted(admission.release("b", -1, seconds(999)))).startsWith("large");
    }

    @Test
    void whatFitsComesBeforeTheLate() {
        admission = admission(1, 1_000);
        fill();
        admission.release("full", -1, 0);
        admit(Cards.request("a", "m", 900), 0);
        admit(request("large", 4_800, ServiceClass.STANDARD, 0), 0);
        assertThat(fits(0)).as("one passes").isEqualTo(1);
        assertThat(fits(60)).as("the large one is late").isEqualTo(10);
        assertThat(granted(admit(request("new", 160, ServiceClass.STANDARD, 60_000), 60)))
                .containsExactly("new");
    }

    @Test
    void theLateInTheLineAreNoReasonToRefuseWhoComesBeforeThem() {
        fill();
        for (int i = 0; i < 30; i++) {
            admit(request("old" + i, 1_600, ServiceClass.STANDARD, i), 0);
        }
        assertThat(granted(admission.release("full", -1, seconds(10)))).hasSize(10);
        AdmissionRequest hurried = new AdmissionRequest(
                "hurried",
                "m",
                160,
                1,
                1,
                Tenant.ANYONE,
                ServiceClass.STANDARD,
                false,
                new Patience(1_010_000, 5_000, 0, 0),
                List.of(),
                List.of());
        assertThat(admission.capacity(seconds(10)).queues().getFirst().estimatedWaitMillis())
                .as("for all in the line, at 100 blocks a second")
                .isGreaterThan(15_000);
        assertThat(admit(hurried, 10).getLast()).isInstanceOf(Waits.class);
    }

    /** More comes than one worker can serve, of all sizes. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyoneIsServedAfterSoManyOthersAsItsPlaceInTheLineAllows(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        admission = new Admission(Cards.rules(
                new SchedulerLimits(LONGEST_LINE, 1_000, 0, 1, MOST_PASSES, Long.MAX_VALUE, 0, 1_000, Map.of())));
        fill();
        admission.release("full", -1, 0);
        Map<String, Integer> turnsLeft = new LinkedHashMap<>();
        List<String> running = new ArrayList<>();
        int late = 0;
        for (int step = 0; step < 6_000; step++) {
            double now = step * 0.05;
            String id = "r" + step;
            int blocks = random.nextInt(8) == 0 ? random.nextInt(300, 1_000) : random.nextInt(1, 40);
            turnsLeft.put(id, (LATE_SHARE + MOST_PASSES) * (turnsLeft.size() + 1));
            List<Decision> decisions =
                    new ArrayList<>(admit(request(id, 16 * blocks, ServiceClass.STANDARD, step * 50L), now));
            if (!running.isEmpty() && random.nextInt(4) > 0) {
                String ends = running.remove(random.nextInt(running.size()));
                decisions.addAll(admission.release(ends, -1, seconds(now)));
            }
            for (Decision decision : decisions) {
                switch (decision) {
                    case Granted granted -> {
                        late += turnsLeft.keySet().iterator().next().equals(granted.requestId()) ? 0 : 1;
                        turnsLeft.remove(granted.requestId());
                        turnsLeft.replaceAll((waiting, left) -> left - 1);
                        running.add(granted.requestId());
                    }
                    case Decision.Refused refused -> turnsLeft.remove(refused.requestId());
                    case Waits waits -> assertThat(turnsLeft).containsKey(waits.requestId());
                    case Decision.Ended ended -> throw new AssertionError("seed " + seed + ": " + ended);
                }
            }
            assertThat(turnsLeft.values()).as("seed %d, %s", seed, id).allMatch(left -> left > 0);
            admission.checkIntegrity();
        }
        assertThat(late).as("seed %d: passed others", seed).isPositive();
    }

    private static Admission admission(int mostPasses, long target) {
        return new Admission(
                Cards.rules(new SchedulerLimits(1_000, 1_000, 0, 1, mostPasses, Long.MAX_VALUE, 0, target, Map.of())));
    }

    /** A worker of 1,000 blocks whose times were learned, and all of it taken. */
    private void fill() {
        admission.join(worker("w", "m", 1_000), List.of(), 0);
        admission.report(Cards.learned("w"), 0);
        admit(Cards.request("full", "m", 1_000), 0);
    }

    private int fits(double at) {
        FitQuestion ten = new FitQuestion("m", 160, 1, 10, Tenant.ANYONE, ServiceClass.STANDARD, false);
        return admission.fit(ten, seconds(at)).fitNow();
    }

    private List<Decision> admit(AdmissionRequest request, double at) {
        return admission.admit(request, 0, seconds(at));
    }

    private static List<String> granted(List<Decision> decisions) {
        return decisions.stream()
                .filter(Granted.class::isInstance)
                .map(Decision::requestId)
                .toList();
    }

    private static AdmissionRequest request(String id, int prompt, ServiceClass serviceClass, long arrivedMillis) {
        return new AdmissionRequest(
                id,
                "m",
                prompt,
                1,
                1,
                Tenant.ANYONE,
                serviceClass,
                false,
                new Patience(1_000_000 + arrivedMillis, 0, 0, 0),
                List.of(),
                List.of());
    }
}
