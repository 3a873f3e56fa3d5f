package dev.vidda.scheduler.ledger;

import dev.vidda.protocol.Lease;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The KV blocks of every worker: how many there are and how many are committed by leases.
 *
 * <p>Invariants: what is committed on a worker is what its leases hold, common beginnings counted once; a request has at
 * most one lease; and {@link #commit} never promises more than there is. Leases that other schedulers made are
 * {@linkplain #adopt adopted}: they are a fact, also when two schedulers together promised too much.
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
    public Account open(String workerId, int totalBlocks) {
        if (totalBlocks < 1) {
            throw new IllegalArgumentException("totalBlocks of " + workerId + " must be positive, was " + totalBlocks);
        }
        if (accounts.containsKey(workerId)) {
            throw new IllegalStateException("worker " + workerId + " is in the ledger already");
        }
        Account account = new Account(totalBlocks);
        accounts.put(workerId, account);
        return account;
    }

    /** Removes a worker; its leases, which it returns in the order they were made, end. Empty for an unknown worker. */
    public List<Lease> close(String workerId) {
        Account account = accounts.remove(workerId);
        if (account == null) {
            return List.of();
        }
        List<Lease> ended = account.held().stream().map(Account.Held::lease).toList();
        ended.forEach(lease -> leases.remove(lease.requestId()));
        return ended;
    }

    /**
     * Sets blocks aside for a request: its lease names those that it takes beside what it shares.
     *
     * @throws IllegalStateException if the worker is unknown or has fewer free blocks, or the request has a lease
     */
    public Lease commit(String requestId, String workerId, Claim claim) {
        return commit(requestId, workerId, claim, false);
    }

    /**
     * Sets blocks aside as {@link #commit(String, String, Claim)} does.
     *
     * @param guaranteed whether the worker is to know that the claim is for all the blocks the request can come to hold
     * @throws IllegalArgumentException if it is guaranteed, but the claim is for fewer
     */
    public Lease commit(String requestId, String workerId, Claim claim, boolean guaranteed) {
        if (guaranteed && claim.blocks() < claim.mostBlocks()) {
            throw new IllegalArgumentException("%s is guaranteed %d blocks, but its claim is for %d"
                    .formatted(requestId, claim.mostBlocks(), claim.blocks()));
        }
        Account account = account(workerId);
        int blocks = account.needed(claim);
        if (leases.containsKey(requestId)) {
            throw new IllegalStateException(requestId + " has a lease already: " + leases.get(requestId));
        }
        int free = account.freeFor(claim, 0);
        if (blocks > free) {
            throw new IllegalStateException("%s needs %d blocks on %s, where %d of %d are free"
                    .formatted(requestId, blocks, workerId, free, account.total()));
        }
        Lease lease = new Lease(requestId, workerId, blocks, guaranteed);
        add(account, lease, claim);
        return lease;
    }

    /** Takes over a lease that a worker serves, whoever made it; says whether it was new. */
    public boolean adopt(Lease lease) {
        Lease known = leases.get(lease.requestId());
        if (known != null && known.workerId().equals(lease.workerId())) {
            return false;
        }
        if (known != null) {
            release(lease.requestId());
        }
        add(account(lease.workerId()), lease, Claim.alone(Math.max(1, lease.blocks())));
        return true;
    }

    private void add(Account account, Lease lease, Claim claim) {
        account.add(new Account.Held(lease, claim));
        leases.put(lease.requestId(), lease);
    }

    /** Gives the blocks of a request back: the lease it had, or empty if it had none. */
    public Optional<Lease> release(String requestId) {
        Lease lease = leases.remove(requestId);
        if (lease == null) {
            return Optional.empty();
        }
        Objects.requireNonNull(account(lease.workerId()).remove(requestId));
        return Optional.of(lease);
    }

    /** A worker says how many blocks its sequences hold. */
    public void use(String workerId, int used) {
        account(workerId).use(used);
    }

    public Optional<Lease> lease(String requestId) {
        return Optional.ofNullable(leases.get(requestId));
    }

    public boolean hasLease(String requestId) {
        return leases.containsKey(requestId);
    }

    /** The leases on a worker, in the order they were made. */
    public List<Lease> leasesOn(String workerId) {
        return account(workerId).held().stream().map(Account.Held::lease).toList();
    }

    /** Leases on all workers. */
    public int leases() {
        return leases.size();
    }

    /**
     * What is committed on a worker.
     *
     * @throws IllegalStateException if the worker is unknown
     */
    public Account account(String workerId) {
        Account account = accounts.get(workerId);
        if (account == null) {
            throw new IllegalStateException("worker " + workerId + " is not in the ledger");
        }
        return account;
    }

    /**
     * Counts everything again; for tests.
     *
     * @throws IllegalStateException if an invariant of this class does not hold
     */
    public void checkIntegrity() {
        int counted = 0;
        for (Map.Entry<String, Account> entry : accounts.entrySet()) {
            Account account = entry.getValue();
            Set<Long> strides = new HashSet<>();
            long own = 0;
            long most = 0;
            for (Account.Held held : account.held()) {
                Lease lease = held.lease();
                own += held.claim().blocks()
                        - (long) Claim.STRIDE * held.claim().prefix().length;
                most += held.claim().mostBlocks();
                for (long stride : held.claim().prefix()) {
                    strides.add(stride);
                }
                check(lease.workerId().equals(entry.getKey()), lease + " is on " + entry.getKey());
                check(lease.equals(leases.get(lease.requestId())), lease + " is not found by its request");
            }
            long sum = own + (long) Claim.STRIDE * strides.size();
            check(strides.size() == account.distinctStrides(), "wrong count of shared blocks on " + entry.getKey());
            check(sum == account.committed(), sum + " blocks are held, committed " + account.committed());
            check(most == account.most(), most + " blocks at most, counted " + account.most());
            counted += account.leases();
        }
        check(counted == leases.size(), counted + " leases on workers, " + leases.size() + " known");
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalStateException(message);
        }
    }
}
