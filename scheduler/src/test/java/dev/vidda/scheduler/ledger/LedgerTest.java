package dev.vidda.scheduler.ledger;

import dev.vidda.protocol.Lease;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

final class LedgerTest {
    private final Ledger ledger = new Ledger();

    @Test
    void whatIsCommittedIsNoLongerFree() {
        ledger.open("w", 10);
        assertThat(ledger.commit("a", "w", Claim.alone(4))).isEqualTo(new Lease("a", "w", 4));
        ledger.commit("b", "w", Claim.alone(6));
        assertThat(ledger.account("w").total()).isEqualTo(10);
        assertThat(ledger.account("w").committed()).isEqualTo(10);
        assertThat(ledger.account("w").free()).isZero();
        assertThat(ledger.hasLease("a")).isTrue();
        assertThat(ledger.leases()).isEqualTo(2);
    }

    @Test
    void moreThanIsFreeIsNeverCommitted() {
        ledger.open("w", 10);
        ledger.commit("a", "w", Claim.alone(7));
        assertThatIllegalStateException()
                .isThrownBy(() -> ledger.commit("b", "w", Claim.alone(4)))
                .withMessage("b needs 4 blocks on w, where 3 of 10 are free");
        assertThat(ledger.account("w").committed()).isEqualTo(7);
        ledger.checkIntegrity();
    }

    @Test
    void aRequestHasAtMostOneLease() {
        ledger.open("w", 10);
        ledger.open("v", 10);
        ledger.commit("a", "w", Claim.alone(1));
        assertThatIllegalStateException()
                .isThrownBy(() -> ledger.commit("a", "v", Claim.alone(1)))
                .withMessageContaining("a has");
    }

    @Test
    void blocksComeBackExactlyOnce() {
        ledger.open("w", 10);
        ledger.commit("a", "w", Claim.alone(4));
        assertThat(ledger.release("a")).contains(new Lease("a", "w", 4));
        assertThat(ledger.release("a")).isEmpty();
        assertThat(ledger.account("w").free()).isEqualTo(10);
    }

    @Test
    void leasesEndWithTheirWorker() {
        ledger.open("w", 10);
        ledger.open("v", 10);
        Lease first = ledger.commit("a", "w", Claim.alone(4));
        Lease second = ledger.commit("c", "w", Claim.alone(1));
        ledger.commit("b", "v", Claim.alone(5));
        assertThat(ledger.close("w")).containsExactly(first, second);
        assertThat(ledger.close("w")).isEmpty();
        assertThat(ledger.release("a")).isEmpty();
        assertThat(ledger.hasLease("b")).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(() -> ledger.account("w").free())
                .withMessageContaining("w is not");
        ledger.checkIntegrity();
    }

    @Test
    void wrongUseIsNamed() {
        ledger.open("w", 10);
        assertThatIllegalStateException().isThrownBy(() -> ledger.open("w", 10)).withMessageContaining("already");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ledger.open("v", 0))
                .withMessageContaining("was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ledger.commit("a", "w", Claim.alone(0)))
                .withMessageContaining("was 0");
        assertThatIllegalStateException()
                .isThrownBy(() -> ledger.commit("a", "v", Claim.alone(1)))
                .withMessageContaining("v is not");
    }

    @Test
    void manyTogetherNeedRoomForTheRootOfTheirVariances() {
        ledger.open("w", 1_000);
        for (int i = 0; i < 16; i++) {
            ledger.commit("r" + i, "w", new Claim(10, 60, Claim.NO_PREFIX, 25));
        }
        Account account = ledger.account("w");
        assertThat(account.committed()).isEqualTo(160);
        assertThat(account.free()).as("16 times 25 is the square of 20").isEqualTo(820);
        assertThat(account.freeFor(new Claim(10, 60, Claim.NO_PREFIX, 41), 0)).isEqualTo(819);
        account.use(500);
        assertThat(account.free()).as("what is used counts, too").isEqualTo(480);
        for (int i = 0; i < 16; i++) {
            ledger.release("r" + i);
        }
        account.use(0);
        assertThat(account.free()).isEqualTo(1_000);
    }

    @Test
    void noMoreRoomIsKeptThanTheyCanComeToNeed() {
        ledger.open("w", 10);
        ledger.commit("a", "w", new Claim(4, 10, Claim.NO_PREFIX, 10_000));
        assertThat(ledger.account("w").free()).isZero();
        ledger.release("a");
        ledger.commit("b", "w", new Claim(4, 6, Claim.NO_PREFIX, 10_000));
        assertThat(ledger.account("w").free()).isEqualTo(4);
        assertThatIllegalStateException()
                .isThrownBy(() -> ledger.commit("c", "w", new Claim(4, 5, Claim.NO_PREFIX, 10_000)))
                .withMessage("c needs 4 blocks on w, where 3 of 10 are free");
    }

    @Test
    void randomUseKeepsTheAccountsRight() {
        long seed = Long.getLong("seed", 20261122L);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Map<String, Integer> totals = new HashMap<>();
        Map<String, Lease> leases = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            String worker = "w" + random.nextInt(5);
            String request = "r" + random.nextInt(60);
            switch (random.nextInt(12)) {
                case 0 -> {
                    if (!totals.containsKey(worker)) {
                        totals.put(worker, random.nextInt(1, 100));
                        ledger.open(worker, totals.get(worker));
                    }
                }
                case 1 -> {
                    if (random.nextInt(8) == 0) {
                        List<Lease> ended = ledger.close(worker);
                        totals.remove(worker);
                        assertThat(ended)
                                .as("seed %d step %d", seed, step)
                                .containsExactlyInAnyOrderElementsOf(on(worker, leases.values()));
                        leases.values().removeAll(ended);
                    }
                }
                case 2, 3, 4, 5 -> {
                    boolean had = leases.containsKey(request);
                    assertThat(ledger.release(request).isPresent())
                            .as("seed %d step %d", seed, step)
                            .isEqualTo(had);
                    leases.remove(request);
                }
                default -> {
                    int blocks = random.nextInt(1, 20);
                    if (totals.containsKey(worker)
                            && !leases.containsKey(request)
                            && blocks <= ledger.account(worker).free()) {
                        leases.put(request, ledger.commit(request, worker, Claim.alone(blocks)));
                    }
                }
            }
            ledger.checkIntegrity();
            for (Map.Entry<String, Integer> each : totals.entrySet()) {
                int committed = on(each.getKey(), leases.values()).stream()
                        .mapToInt(Lease::blocks)
                        .sum();
                assertThat(ledger.account(each.getKey()).free())
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(each.getValue() - committed)
                        .isNotNegative();
            }
        }
    }

    private static List<Lease> on(String worker, Iterable<Lease> leases) {
        List<Lease> found = new ArrayList<>();
        leases.forEach(lease -> {
            if (lease.workerId().equals(worker)) {
                found.add(lease);
            }
        });
        return found;
    }
}
