package dev.vidda.scheduler.queue;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

final class FairQueueTest {
    private static final int REQUESTS = 1_000;
    /** All have waited for so long that shares count. */
    private static final long LATER = 1_000_000_000;

    static LongStream seeds() {
        Long given = Long.getLong("seed");
        return given == null ? LongStream.range(1, 31) : LongStream.of(given);
    }

    /** Tenants of random weights and sizes always want more; some come late, some pause. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noTenantWithDemandGetsLessThanNineTenthsOfItsShareOverAThousandRequests(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int count = random.nextInt(2, 6);
        List<Tenant> tenants = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tenants.add(new Tenant("t" + i, random.nextInt(1, 9), 0));
        }
        FairQueue queue = new FairQueue();
        // Before anyone waits, one tenant has the cluster for itself: that is not held against it.
        queue.charge(tenants.getFirst(), 5_000_000);
        Map<String, Double> got = new HashMap<>();
        int joined = 0;
        for (int served = 0; served < REQUESTS; served++) {
            for (Tenant tenant : tenants) {
                while (waitingOf(queue, tenant) < 3) {
                    ServiceClass urgency = ServiceClass.values()[random.nextInt(3)];
                    double cost = random.nextInt(10, 600 / (1 + tenants.indexOf(tenant)) + 11);
                    queue.join(waiting(joined++, tenant, urgency, cost));
                }
            }
            Waiting next = queue.first(1, 1, LATER).getFirst();
            queue.serve(next);
            queue.charge(next.request().tenant(), next.cost());
            got.merge(next.request().tenant().name(), next.cost(), Double::sum);
            queue.checkIntegrity();
        }
        double all = got.values().stream().mapToDouble(x -> x).sum();
        double weights = tenants.stream().mapToDouble(Tenant::weight).sum();
        for (Tenant tenant : tenants) {
            double share = all * tenant.weight() / weights;
            assertThat(got.get(tenant.name()))
                    .as("seed %d: %s of %s", seed, tenant, tenants)
                    .isGreaterThanOrEqualTo(0.9 * share);
        }
    }

    @Test
    void whoCameFirstGoesFirstOfAnyTenantAsLongAsNobodyHasWaitedForLong() {
        FairQueue queue = new FairQueue();
        Tenant large = new Tenant("large", 9, 0);
        Tenant small = new Tenant("small", 1, 0);
        for (int i = 0; i < 40; i++) {
            queue.join(waiting(i, i % 2 == 0 ? small : large, ServiceClass.STANDARD, 100));
        }
        for (int i = 0; i < 10; i++) {
            Waiting next = queue.first(8, 4, 100).getFirst();
            assertThat(next.request().id()).isEqualTo("r" + (1_000 + i));
            queue.serve(next);
            queue.charge(next.request().tenant(), next.cost());
            queue.checkIntegrity();
        }
        int fromLarge = 0;
        for (int i = 0; i < 10; i++) {
            fromLarge += serveNext(queue).request().tenant().equals(large) ? 1 : 0;
        }
        assertThat(fromLarge)
                .as("what the small one got beyond its share counts when the line gets long")
                .isEqualTo(10);
    }

    @Test
    void whoWasIdleSavesUpNothing() {
        FairQueue queue = new FairQueue();
        Tenant busy = new Tenant("busy", 1, 0);
        Tenant idle = new Tenant("idle", 1, 0);
        for (int i = 0; i < 40; i++) {
            queue.join(waiting(i, busy, ServiceClass.STANDARD, 100));
        }
        for (int i = 0; i < 10; i++) {
            serveNext(queue);
        }
        for (int i = 100; i < 140; i++) {
            queue.join(waiting(i, idle, ServiceClass.STANDARD, 100));
        }
        int fromIdle = 0;
        for (int i = 0; i < 20; i++) {
            fromIdle += serveNext(queue).request().tenant().equals(idle) ? 1 : 0;
        }
        assertThat(fromIdle).isBetween(9, 11);
    }

    @Test
    void urgentClassesGoFirstButNoneStarves() {
        FairQueue queue = new FairQueue();
        for (int i = 0; i < 300; i++) {
            queue.join(waiting(i, Tenant.ANYONE, ServiceClass.values()[i % 3], 100));
        }
        Map<ServiceClass, Integer> served = new HashMap<>();
        for (int i = 0; i < 105; i++) {
            served.merge(serveNext(queue).request().serviceClass(), 1, Integer::sum);
        }
        assertThat(served.get(ServiceClass.INTERACTIVE)).isBetween(78, 82);
        assertThat(served.get(ServiceClass.STANDARD)).isBetween(19, 21);
        assertThat(served.get(ServiceClass.BATCH)).isBetween(4, 6);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theOrderOfArrivalSurvivesARebuildInAnyOrder(long seed) {
        List<Waiting> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(waiting(i, Tenant.ANYONE, ServiceClass.STANDARD, 100));
        }
        Collections.shuffle(all, new Random(seed));
        FairQueue rebuilt = new FairQueue();
        all.forEach(rebuilt::join);
        List<String> order = new ArrayList<>();
        while (!rebuilt.isEmpty()) {
            Waiting next = rebuilt.first(1, 1, LATER).getFirst();
            assertThat(rebuilt.position(next, 0)).isZero();
            order.add(serveNext(rebuilt).request().id());
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            expected.add("r" + (1_000 + i));
        }
        assertThat(order).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void positionsCountTheSharesOfOthers() {
        FairQueue queue = new FairQueue();
        Tenant large = new Tenant("large", 3, 0);
        Tenant small = new Tenant("small", 1, 0);
        for (int i = 0; i < 30; i++) {
            queue.join(waiting(i, large, ServiceClass.STANDARD, 100));
        }
        Waiting last = waiting(0, small, ServiceClass.STANDARD, 100);
        for (int i = 50; i < 55; i++) {
            last = waiting(i, small, ServiceClass.STANDARD, 100);
            queue.join(last);
        }
        assertThat(queue.position(last, 0))
                .as("4 of its own, and 3 of the other for each")
                .isEqualTo(16);
        Capacity.TenantShare share = queue.shares().getFirst();
        assertThat(share).isEqualTo(new Capacity.TenantShare("large", 3, 30, 0));
    }

    @Test
    void clientsAreToldWhenTheyHalvedTheirWayOrHeardNothingForAWhile() {
        FairQueue queue = new FairQueue();
        for (int i = 0; i < 11; i++) {
            queue.join(waiting(i, Tenant.ANYONE, ServiceClass.STANDARD, 100));
        }
        Waiting last = queue.find("r1010").orElseThrow();
        assertThat(queue.position(last, 0)).isEqualTo(10);
        serveNext(queue);
        assertThat(queue.moved(1, 1_000)).noneMatch(moved -> moved.waiting() == last);
        assertThat(queue.moved(1_000, 1_000)).contains(new FairQueue.Moved(last, 9));
        for (int i = 0; i < 5; i++) {
            serveNext(queue);
        }
        assertThat(queue.moved(1_001, 1_000)).contains(new FairQueue.Moved(last, 4));
        assertThat(queue.moved(1_001, 1_000)).isEmpty();
    }

    @Test
    void nobodyWaitsTwice() {
        FairQueue queue = new FairQueue();
        queue.join(waiting(1, Tenant.ANYONE, ServiceClass.STANDARD, 1));
        assertThatIllegalStateException()
                .isThrownBy(() -> queue.join(waiting(1, Tenant.ANYONE, ServiceClass.STANDARD, 1)))
                .withMessage("r1001 waits already");
        assertThat(queue.leave("r1001")).isPresent();
        assertThat(queue.leave("r1001")).isEmpty();
        assertThat(queue.blocks()).isZero();
    }

    private static Waiting serveNext(FairQueue queue) {
        Waiting next = queue.first(1, 1, LATER).getFirst();
        queue.serve(next);
        queue.charge(next.request().tenant(), next.cost());
        return next;
    }

    private static long waitingOf(FairQueue queue, Tenant tenant) {
        return queue.shares().stream()
                .filter(share -> share.tenant().equals(tenant.name()))
                .mapToInt(Capacity.TenantShare::waiting)
                .sum();
    }

    private static Waiting waiting(int number, Tenant tenant, ServiceClass serviceClass, double cost) {
        AdmissionRequest request = new AdmissionRequest(
                "r" + (1_000 + number),
                "m",
                16,
                1,
                1,
                tenant,
                serviceClass,
                false,
                new Patience(1 + number, 0, 0, 0),
                List.of(),
                List.of());
        return new Waiting(request, 1, cost, new Waiting.Times(0, Waiting.ENDLESS, Waiting.ENDLESS));
    }
}
