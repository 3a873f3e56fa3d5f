package dev.vidda.scheduler.admission;

import dev.vidda.protocol.Lease;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The KV blocks of every worker: how many there are and how many are committed by leases.
 *
 * <p>Invariants: what is committed on a worker is the sum of its leases and never more than its blocks; a request has at
 * most one lease. {@link #commit} throws rather than break them, because a caller that tries has lost count.
 */
public final class Ledger {
    private final Map<String, Account> accounts = new HashMap<>();
    private final Map<String, Lease> leases = new HashMap<>();

    /**
     * Adds a worker with nothing committed.
     *
     * @throws IllegalStateException if it is there already
     * @throws IllegalArgumentException if {@code totalBlocks < 1}
     */
    public void open(String workerId, int totalBlocks) {
        if (totalBlocks < 1) {
            throw new IllegalArgumentException("totalBlocks of " + workerId + " must be positive, was " + totalBlocks);
        }
        if (accounts.containsKey(workerId)) {
            throw new IllegalStateException("worker " + workerId + " is in the ledger already");
        }
        accounts.put(workerId, new Account(totalBlocks));
    }

    /** Removes a worker; its leases, which it returns in the order they were made, end. Empty for an unknown worker. */
    public List<Lease> close(String workerId) {
        Account account = accounts.remove(workerId);
        if (account == null) {
            return List.of();
        }
        List<Lease> ended = List.copyOf(account.leases.values());
        ended.forEach(lease -> leases.remove(lease.requestId()));
        return ended;
    }

    /**
     * Sets blocks aside for a request.
     *
     * @throws IllegalStateException if the worker is unknown or has fewer free blocks, or the request has a lease
     */
    public Lease commit(String requestId, String workerId, int blocks) {
        if (blocks < 1) {
            throw new IllegalArgumentException("blocks of " + requestId + " must be positive, was " + blocks);
        }
        if (leases.containsKey(requestId)) {
            throw new IllegalStateException(requestId + " has a lease already: " + leases.get(requestId));
        }
        Account account = account(workerId);
        if (blocks > account.free()) {
            throw new IllegalStateException("%s needs %d blocks on %s, where %d of %d are free"
                    .formatted(requestId, blocks, workerId, account.free(), account.total));
        }
        Lease lease = new Lease(requestId, workerId, blocks);
        account.committed += blocks;
        account.leases.put(requestId, lease);
        leases.put(requestId, lease);
        return lease;
    }

    /** Gives the blocks of a request back: the lease it had, or empty if it had none. */
    public Optional<Lease> release(String requestId) {
        Lease lease = leases.remove(requestId);
        if (lease == null) {
            return Optional.empty();
        }
        Account account = account(lease.workerId());
        account.committed -= lease.blocks();
        account.leases.remove(requestId);
        return Optional.of(lease);
    }

    public boolean hasLease(String requestId) {
        return leases.containsKey(requestId);
    }

    /** Leases on all workers. */
    public int leases() {
        return leases.size();
    }

    /** @throws IllegalStateException if the worker is unknown; so do the next three */
    public int total(String workerId) {
        return account(workerId).total;
    }

    public int committed(String workerId) {
        return account(workerId).committed;
    }

    /** Leases on one worker. */
    public int leases(String workerId) {
        return account(workerId).leases.size();
    }

    public int free(String workerId) {
        return account(workerId).free();
    }

    /** @throws IllegalStateException if an invariant of this class does not hold; for tests */
    public void checkIntegrity() {
        int counted = 0;
        for (Map.Entry<String, Account> entry : accounts.entrySet()) {
            Account account = entry.getValue();
            long sum = account.leases.values().stream().mapToLong(Lease::blocks).sum();
            check(sum == account.committed, "%s: leases of %d, committed %d", entry.getKey(), sum, account.committed);
            check(sum <= account.total, "%s: %d committed of %d", entry.getKey(), sum, account.total);
            for (Lease lease : account.leases.values()) {
                check(lease.workerId().equals(entry.getKey()), "%s is on %s", lease, entry.getKey());
                check(lease.equals(leases.get(lease.requestId())), "%s is not found by its request", lease);
            }
            counted += account.leases.size();
        }
        check(counted == leases.size(), "%d leases on workers, %d known", counted, leases.size());
    }

    private Account account(String workerId) {
        Account account = accounts.get(workerId);
        if (account == null) {
            throw new IllegalStateException("worker " + workerId + " is not in the ledger");
        }
        return account;
    }

    private static void check(boolean holds, String message, Object... values) {
        if (!holds) {
            throw new IllegalStateException(message.formatted(values));
        }
    }

    private static final class Account {
        private final int total;
        private final Map<String, Lease> leases = new LinkedHashMap<>();
        private int committed;

        private Account(int total) {
            this.total = total;
        }

        private int free() {
            return total - committed;
        }
    }
}
