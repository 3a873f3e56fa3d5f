package dev.vidda.scheduler.queue;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests whose first token can no longer come in time go behind those whose can, and yet are served. */
final class LateRequestsTest {
    private static final Tenant ONE = new Tenant("one", 1, 0);
    private static final Tenant OTHER = new Tenant("other", 1, 0);
    private static final long LATE_AFTER = 1_000;

    private final FairQueue queue = new FairQueue();
    private long now;
    private int joined;

    static LongStream seeds() {
        Long given = Long.getLong("seed");
        return given == null ? LongStream.range(1, 31) : LongStream.of(given);
    }

    @Test
    void whoIsLateGoesBehindThoseWhoAreNot() {
        join(ONE, LATE_AFTER);
        join(ONE, LATE_AFTER);
        join(ONE, Waiting.ENDLESS);
        assertThat(order()).containsExactly("r0", "r1", "r2");
        now = LATE_AFTER;
        join(ONE, now + LATE_AFTER);
        assertThat(order()).containsExactly("r2", "r3", "r0", "r1");
        queue.checkIntegrity();
    }

    @Test
    void whenAllAreLateTheOrderIsThatOfArrival() {
        IntStream.range(0, 5).forEach(i -> join(ONE, LATE_AFTER + 5 - i));
        now = 2 * LATE_AFTER;
        assertThat(order()).containsExactly("r0", "r1", "r2", "r3", "r4");
    }

    @Test
    void ofSoManyTurnsOneIsThatOfTheLateOneThatCameFirst() {
        join(ONE, 0);
        join(ONE, 0);
        List<String> served = new ArrayList<>();
        for (int turn = 0; turn < 2 * Lane.LATE_SHARE; turn++) {
            join(ONE, Waiting.ENDLESS);
            served.add(serveFirst().request().id());
        }
        assertThat(served.indexOf("r0")).isEqualTo(Lane.LATE_SHARE - 1);
        assertThat(served.indexOf("r1")).isEqualTo(2 * Lane.LATE_SHARE - 1);
    }

    @Test
    void onceTheTurnOfALateOneHasComeItStaysFirstThoughOthersPass() {
        join(ONE, 0);
        for (int turn = 0; turn < 3 * Lane.LATE_SHARE; turn++) {
            join(ONE, Waiting.ENDLESS);
            List<Waiting> first = queue.first(1, 2, now);
            boolean isItsTurn = turn >= Lane.LATE_SHARE - 1;
            assertThat(first.getFirst().isLate()).as("turn %d", turn).isEqualTo(isItsTurn);
            queue.serve(first.get(isItsTurn ? 1 : 0));
        }
    }

    @Test
    void noTurnsAreSavedUpWhileNobodyIsLate() {
        for (int turn = 0; turn < 2 * Lane.LATE_SHARE; turn++) {
            join(ONE, Waiting.ENDLESS);
            serveFirst();
        }
        join(ONE, 0);
        join(ONE, Waiting.ENDLESS);
        assertThat(serveFirst().isLate()).isFalse();
    }

    @Test
    void theTurnOfATenantIsItsOwnThoughAllItHasIsLate() {
        IntStream.range(0, 10).forEach(i -> join(ONE, 0));
        IntStream.range(0, 10).forEach(i -> join(OTHER, Waiting.ENDLESS));
        now = 2_000_000_000;
        int late = 0;
        for (int i = 0; i < 10; i++) {
            late += serveFirst().isLate() ? 1 : 0;
        }
        assertThat(late).isEqualTo(5);
    }

    /** One tenant's requests keep coming, faster than they are served; all become late unless they are served soon. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whoIsLateWaitsForSoManyTurnsAsItsPlaceInTheLineAllows(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Map<Waiting, Integer> turnsLeft = new HashMap<>();
        Deque<Waiting> all = new ArrayDeque<>();
        for (int turn = 0; turn < 1_000; turn++) {
            now += random.nextInt(200);
            for (int i = random.nextInt(3); i >= 0; i--) {
                all.add(join(ONE, now + random.nextLong(LATE_AFTER)));
            }
            queue.first(1, 1, now);
            int place = 0;
            for (Waiting waiting : all) {
                place++;
                if (waiting.isLate()) {
                    turnsLeft.putIfAbsent(waiting, Lane.LATE_SHARE * place);
                }
            }
            Waiting served = serveFirst();
            all.remove(served);
            turnsLeft.remove(served);
            turnsLeft.replaceAll((one, left) -> left - 1);
            assertThat(turnsLeft.values()).as("seed %d, turn %d", seed, turn).allMatch(left -> left > 0);
            queue.checkIntegrity();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void positionsAreThoseInTheOrderInWhichAllAreServedIfNobodyComes(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int count = random.nextInt(1, 300);
        List<Waiting> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(join(ONE, random.nextBoolean() ? Waiting.ENDLESS : random.nextLong(2 * LATE_AFTER)));
        }
        now = LATE_AFTER;
        IntStream.range(0, random.nextInt(count)).forEach(i -> all.remove(serveFirst()));
        Map<Waiting, Integer> positions = new HashMap<>();
        all.forEach(waiting -> positions.put(waiting, queue.position(waiting, now)));
        Map<Waiting, Integer> served = new HashMap<>();
        while (!queue.isEmpty()) {
            served.put(serveFirst(), served.size());
        }
        assertThat(positions).as("seed %d", seed).isEqualTo(served);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anotherReplicaServesTheSameRequestsInTheSameOrder(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<AdmissionRequest> requests = new ArrayList<>();
        List<Long> lateAt = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ServiceClass urgency = ServiceClass.values()[random.nextInt(3)];
            requests.add(request(i, random.nextBoolean() ? ONE : OTHER, urgency));
            lateAt.add(random.nextLong(4 * LATE_AFTER));
        }
        List<Integer> order = new ArrayList<>(IntStream.range(0, 200).boxed().toList());
        List<String> expected = servedOf(order, requests, lateAt);
        Collections.shuffle(order, new Random(seed));
        assertThat(servedOf(order, requests, lateAt)).as("seed %d", seed).isEqualTo(expected);
    }

    private static List<String> servedOf(List<Integer> order, List<AdmissionRequest> requests, List<Long> lateAt) {
        FairQueue rebuilt = new FairQueue();
        order.forEach(i -> rebuilt.join(
                new Waiting(requests.get(i), 1, 100, new Waiting.Times(0, Waiting.ENDLESS, lateAt.get(i)))));
        List<String> served = new ArrayList<>();
        for (long at = LATE_AFTER; !rebuilt.isEmpty(); at += LATE_AFTER / 50) {
            Waiting next = rebuilt.first(1, 1, at).getFirst();
            rebuilt.serve(next);
            rebuilt.charge(next.request().tenant(), next.cost());
            served.add(next.request().id());
        }
        return served;
    }

    /** Tenants of random weights always want more than they get, so much of what they have is late. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void tenantsGetTheirSharesWhoeverIsLate(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<Tenant> tenants = IntStream.range(0, random.nextInt(2, 6))
                .mapToObj(i -> new Tenant("t" + i, random.nextInt(1, 9), 0))
                .toList();
        Map<Tenant, Integer> got = new HashMap<>();
        now = 2_000_000_000;
        for (int turn = 0; turn < 2_000; turn++) {
            now += random.nextInt(100);
            for (Tenant tenant : tenants) {
                join(tenant, now + random.nextLong(LATE_AFTER));
            }
            got.merge(serveFirst().request().tenant(), 1, Integer::sum);
        }
        queue.checkIntegrity();
        double weights = tenants.stream().mapToDouble(Tenant::weight).sum();
        for (Tenant tenant : tenants) {
            assertThat(got.get(tenant))
                    .as("seed %d: %s of %s", seed, tenant, tenants)
                    .isGreaterThanOrEqualTo((int) (0.9 * 2_000 * tenant.weight() / weights));
        }
    }

    @Test
    void whatComesAfterTheLateIsNotAheadOfOneThatJoins() {
        IntStream.range(0, 100).forEach(i -> join(ONE, 0));
        assertThat(queue.blocksAhead(now)).as("none but the late").isZero();
        IntStream.range(0, 62).forEach(i -> join(ONE, Waiting.ENDLESS));
        assertThat(queue.blocksAhead(now))
                .as("those on time, and every 32nd turn that of a late one")
                .isEqualTo(64);
    }

    private Waiting join(Tenant tenant, long lateAtNanos) {
        Waiting waiting = new Waiting(
                request(joined++, tenant, ServiceClass.STANDARD),
                1,
                100,
                new Waiting.Times(0, Waiting.ENDLESS, lateAtNanos));
        queue.join(waiting);
        return waiting;
    }

    private Waiting serveFirst() {
        Waiting next = queue.first(1, 1, now).getFirst();
        queue.serve(next);
        queue.charge(next.request().tenant(), next.cost());
        return next;
    }

    private List<String> order() {
        return queue.first(1, 100, now).stream()
                .map(waiting -> waiting.request().id())
                .toList();
    }

    private static AdmissionRequest request(int number, Tenant tenant, ServiceClass urgency) {
        return new AdmissionRequest(
                "r" + number,
                "m",
                16,
                1,
                1,
                tenant,
                urgency,
                false,
                new Patience(1 + number, 0, 0, 0),
                List.of(),
                List.of());
    }
}
