package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.FitAnswer;
import dev.vidda.protocol.FitQuestion;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.Tenant;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.scheduler.admission.Decision.Ended;
import dev.vidda.scheduler.admission.Decision.Granted;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.vidda.scheduler.admission.Cards.refusal;
import static dev.vidda.scheduler.admission.Cards.request;
import static dev.vidda.scheduler.admission.Cards.seconds;
import static dev.vidda.scheduler.admission.Cards.worker;
import static org.assertj.core.api.Assertions.assertThat;

final class PlacementTest {
    private static final SchedulerLimits LIMITS =
            new SchedulerLimits(1_000, 1_000, 0, 0.9, 4, 500, 0, 0, Map.of("n", 64));

    private final Admission admission = new Admission(Cards.rules(LIMITS));
    private int asked;

    @AfterEach
    void invariantsHold() {
        admission.checkIntegrity();
    }

    @Test
    void aRequestGoesWhereItsBeginningIsCached() {
        join("w1", "w2", "w3");
        List<BlockHash> text = text(1, 1_600);
        admission.prefixes(new PrefixChanges("w2", 0, text, List.of()));
        assertThat(workerOf(prompt(1_650, text))).isEqualTo("w2");
    }

    /** Two models on workers of unequal pools: each request runs at a worker of its model that can ever hold it. */
    @Test
    void severalModelsOnUnequalWorkersGetWhatIsTheirsAndFits() {
        admission.join(worker("m-small", "m", 10), List.of(), 0);
        admission.join(worker("m-large", "m", 40), List.of(), 0);
        admission.join(worker("o-large", "o", 60), List.of(), 0);
        admission.join(worker("o-short", "o", 60, 100), List.of(), 0);
        assertThat(granted("a", "m", 30)).isEqualTo("m-large");
        assertThat(granted("b", "m", 10)).as("the rest of the large one").isEqualTo("m-small");
        assertThat(granted("c", "o", 30))
                .as("the other takes short contexts only")
                .isEqualTo("o-large");
        assertThat(granted("d", "o", 6)).as("where nobody computes yet").isEqualTo("o-short");
        assertThat(granted("e", "o", 30)).isEqualTo("o-large");
        Refusal never = refusal(admission.admit(request("f", "m", 41), 0, 0).getLast());
        assertThat(never.message()).contains("40");
        assertThat(admission.admit(request("g", "m", 20), 0, 0).getLast())
                .as("it waits, though workers of the other model have room")
                .isInstanceOf(Decision.Waits.class);
        assertThat(admission.release("a", -1, 0)).containsExactly(new Granted(new Lease("g", "m-large", 20)));
    }

    private String granted(String id, String model, int blocks) {
        Decision decision = admission.admit(request(id, model, blocks), 0, 0).getLast();
        assertThat(decision).as(id).isInstanceOf(Granted.class);
        return ((Granted) decision).lease().workerId();
    }

    @Test
    void siblingsFollowTheFirstBeforeItsWorkerReportsAnything() {
        join("w1", "w2", "w3");
        List<BlockHash> text = text(1, 6_400);
        String first = workerOf(prompt(6_450, text));
        assertThat(workerOf(prompt(6_450, text))).isEqualTo(first);
        assertThat(workerOf(prompt(6_450, text(2, 6_400)))).as("another text").isNotEqualTo(first);
    }

    @Test
    void aBurstOfStrangersIsSpread() {
        join("w1", "w2", "w3", "w4");
        assertThat(IntStream.range(0, 4).mapToObj(i -> workerOf(prompt(800, List.of()))))
                .containsExactlyInAnyOrder("w1", "w2", "w3", "w4");
    }

    @Test
    void workersThatFailedTheRequestAreAvoidedWhileThereAreOthers() {
        join("w1", "w2");
        AdmissionRequest avoiding = with(prompt(100, List.of()), List.of("w1"), Patience.ENDLESS, Tenant.ANYONE);
        assertThat(workerOf(avoiding)).isEqualTo("w2");
        admission.leave("w2", 0);
        assertThat(workerOf(with(prompt(100, List.of()), List.of("w1"), Patience.ENDLESS, Tenant.ANYONE)))
                .isEqualTo("w1");
    }

    @Test
    void aDrainingWorkerTakesNothing() {
        join("w1", "w2");
        admission.report(report("w1", WorkerState.DRAINING, List.of(), LeaseChanges.NONE), 0);
        assertThat(workerOf(prompt(100, List.of()))).isEqualTo("w2");
        admission.report(report("w2", WorkerState.DRAINING, List.of(), LeaseChanges.NONE), 0);
        assertThat(refusal(admit(prompt(100, List.of())).getLast()).reason()).isEqualTo(Refusal.Reason.UNAVAILABLE);
    }

    @Test
    void nobodysPaceIsBroken() {
        join("w1");
        // Steps of 30 ms, and 10 more for each sequence.
        List<StepSample> steps = IntStream.range(0, 200)
                .mapToObj(i -> new StepSample(0, 0, i % 10, 0, 30_000 + 10_000L * (i % 10)))
                .toList();
        admission.report(report("w1", WorkerState.SERVING, steps, LeaseChanges.NONE), 0);
        Patience pace = new Patience(0, 0, 0, 55);
        assertThat(workerOf(with(prompt(16, List.of()), List.of(), pace, Tenant.ANYONE)))
                .isEqualTo("w1");
        assertThat(workerOf(with(prompt(16, List.of()), List.of(), pace, Tenant.ANYONE)))
                .isEqualTo("w1");
        assertThat(admit(with(prompt(16, List.of()), List.of(), Patience.ENDLESS, Tenant.ANYONE))
                        .getLast())
                .as("a third would break the pace of those two")
                .isInstanceOf(Decision.Waits.class);
        assertThat(admission.release("r0", -1, seconds(1)))
                .hasOnlyElementsOfType(Granted.class)
                .hasSize(1);
    }

    @Test
    void whoWaitedTooLongOrWouldHaveToIsRefused() {
        admission.join(worker("w", "m", 10), List.of(), 0);
        admit(request("full", "m", 10));
        Patience brief = new Patience(0, 2_000, 0, 0);
        assertThat(admit(with(request("a", "m", 5), List.of(), brief, Tenant.ANYONE))
                        .getLast())
                .isInstanceOf(Decision.Waits.class);
        assertThat(admission.tick(seconds(1.9))).noneMatch(Decision.Refused.class::isInstance);
        Refusal late = refusal(admission.tick(seconds(2)).getFirst());
        assertThat(late.reason()).isEqualTo(Refusal.Reason.TOO_LATE);
        List<Decision> came =
                admission.admit(with(request("b", "m", 5), List.of(), brief, Tenant.ANYONE), 2_500, seconds(3));
        assertThat(refusal(came.getLast()).reason()).as("its time was up").isEqualTo(Refusal.Reason.TOO_LATE);
    }

    @Test
    void tenantsAndModelsMayHaveShorterContexts() {
        join("w1");
        admission.join(worker("v", "n", 100), List.of(), 0);
        Tenant small = new Tenant("small", 1, 150);
        Refusal byTenant = refusal(admit(with(prompt(150, List.of()), List.of(), Patience.ENDLESS, small))
                .getLast());
        assertThat(byTenant.reason()).isEqualTo(Refusal.Reason.TENANT_LIMIT);
        assertThat(byTenant.longestContext()).isEqualTo(150);
        Refusal byModel = refusal(admit(request("x", "n", 4)).getLast());
        assertThat(byModel.reason()).isEqualTo(Refusal.Reason.CONTEXT_LENGTH);
        assertThat(byModel.longestContext()).isEqualTo(64);
    }

    @Test
    void aLeaseThatItsWorkerEchoesCountsOnceAndOneOfAnotherSchedulerIsTakenOver() {
        admission.join(worker("w", "m", 10), List.of(new Lease("other", "w", 3)), 0);
        assertThat(admit(request("a", "m", 4)).getLast()).isInstanceOf(Granted.class);
        Lease own = new Lease("a", "w", 4);
        report(new LeaseChanges(List.of(own), List.of()));
        report(new LeaseChanges(List.of(own, new Lease("third", "w", 2)), List.of()));
        assertThat(admission.capacity(0).workers().getFirst().committedBlocks()).isEqualTo(9);
        report(new LeaseChanges(List.of(), List.of("other")));
        assertThat(admission.capacity(0).workers().getFirst().committedBlocks()).isEqualTo(6);
        assertThat(admission.confirm(worker("w", "m", 10), List.of(own), seconds(1)))
                .as("the third is gone, though nobody said so")
                .containsExactly(new Ended(new Lease("third", "w", 2)));
        assertThat(admission.release("a", -1, seconds(1))).isEmpty();
        report(new LeaseChanges(List.of(own), List.of()));
        assertThat(admission.capacity(0).workers().getFirst().leases())
                .as("a late echo does not bring it back")
                .isZero();
    }

    @Test
    void aLeaseThatNobodyBeginsToServeExpires() {
        admission.join(worker("w", "m", 10), List.of(new Lease("other", "w", 3)), 0);
        admit(request("a", "m", 7));
        assertThat(admission.tick(seconds(29))).isEmpty();
        assertThat(admission.tick(seconds(31))).containsExactly(new Ended(new Lease("a", "w", 7)));
        assertThat(admission.capacity(0).counts().expiredLeases()).isEqualTo(1);
    }

    /** Gateways say -1 of an answer that a limit, a client or a move to another worker cut off or shortened. */
    @Test
    void answersThatDidNotEndByThemselvesWhereTheyBeganTeachNoLength() {
        admission.join(worker("w", "m", 1_000), List.of(), 0);
        for (int i = 0; i < 50; i++) {
            admission.admit(Cards.sized("moved" + i, "m", 16, 1_600, 1), 0, seconds(i));
            admission.release("moved" + i, -1, seconds(i));
        }
        Granted all = (Granted) admission
                .admit(Cards.sized("s", "m", 16, 1_600, 1), 0, seconds(60))
                .getLast();
        assertThat(all.lease().blocks()).as("nothing is known of lengths").isEqualTo(101);
        assertThat(admission.capacity(0).counts().expectedTokens()).isZero();
    }

    @Test
    void lessIsCommittedOnceAnswersAreKnownToBeShortButNotForTheGuaranteed() {
        admission.join(worker("w", "m", 1_000), List.of(), 0);
        for (int i = 0; i < 50; i++) {
            admission.admit(Cards.sized("l" + i, "m", 16, 1_600, 1), 0, seconds(i));
            admission.release("l" + i, 100, seconds(i));
        }
        Granted short0 = (Granted) admission
                .admit(Cards.sized("s", "m", 16, 1_600, 1), 0, seconds(60))
                .getLast();
        assertThat(short0.lease().blocks())
                .as("16 of the prompt, 50 of the answer over its life")
                .isEqualTo(5);
        AdmissionRequest sure = Cards.sized("g", "m", 16, 1_600, 1);
        AdmissionRequest guaranteed = new AdmissionRequest(
                "g",
                "m",
                16,
                1_600,
                1,
                sure.tenant(),
                sure.serviceClass(),
                true,
                sure.patience(),
                List.of(),
                List.of());
        assertThat(((Granted) admission.admit(guaranteed, 0, seconds(60)).getLast())
                        .lease()
                        .blocks())
                .isEqualTo(101);
        assertThat(admission.capacity(0).workers().getFirst().mostBlocks()).isEqualTo(202);
    }

    static LongStream seeds() {
        Long given = Long.getLong("seed");
        return given == null ? LongStream.range(1, 41) : LongStream.of(given);
    }

    /** The answer is not an estimate: so many are admitted, and not one more. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void asManyFitAsIsAnswered(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Admission any = new Admission(Cards.rules(LIMITS));
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            any.join(worker("w" + i, "m", random.nextInt(20, 400), random.nextInt(500, 9_000)), List.of(), 0);
        }
        for (int i = 0; i < random.nextInt(20); i++) {
            any.admit(Cards.sized("x" + i, "m", random.nextInt(1, 900), random.nextInt(1, 200), 1), 0, 0);
        }
        int prompt = random.nextInt(1, 700);
        int output = random.nextInt(1, 300);
        FitAnswer answer =
                any.fit(new FitQuestion("m", prompt, output, 1_000, Tenant.ANYONE, ServiceClass.STANDARD, false), 0);
        int admitted = 0;
        while (any.admit(Cards.sized("q" + admitted, "m", prompt, output, 1), 0, 0)
                        .getLast()
                instanceof Granted) {
            admitted++;
        }
        assertThat(answer.fitNow()).as("seed %d: %s", seed, answer).isEqualTo(admitted);
        assertThat(answer.whyNot()).as("seed %d", seed).isPresent();
        any.checkIntegrity();
    }

    private void join(String... ids) {
        for (String id : ids) {
            admission.join(worker(id, "m", 10_000), List.of(), 0);
        }
    }

    private List<Decision> admit(AdmissionRequest request) {
        return admission.admit(request, 0, 0);
    }

    private String workerOf(AdmissionRequest request) {
        return ((Granted) admit(request).getLast()).lease().workerId();
    }

    private void report(LeaseChanges changes) {
        admission.report(report("w", WorkerState.SERVING, List.of(), changes), 0);
    }

    private AdmissionRequest prompt(int tokens, List<BlockHash> hashes) {
        return AdmissionRequest.standard("r" + asked++, "m", tokens, 10, hashes);
    }

    private static AdmissionRequest with(
            AdmissionRequest request, List<String> avoided, Patience patience, Tenant tenant) {
        return new AdmissionRequest(
                request.id(),
                request.model(),
                request.promptTokens(),
                request.maxNewTokens(),
                1,
                tenant,
                request.serviceClass(),
                false,
                patience,
                avoided,
                request.prefixHashes());
    }

    private static List<BlockHash> text(int name, int tokens) {
        return BlockHash.chain(
                "m",
                "",
                TokenIds.of(Collections.nCopies(tokens, name).stream()
                        .mapToInt(i -> i)
                        .toArray()),
                16);
    }

    private static WorkerReport report(String id, WorkerState state, List<StepSample> steps, LeaseChanges changes) {
        return new WorkerReport(
                id,
                1,
                state,
                BlockCounts.NONE,
                new SequenceCounts(0, 0, 0, 0),
                TokenCounts.NONE,
                steps,
                changes,
                Optional.empty());
    }
}
