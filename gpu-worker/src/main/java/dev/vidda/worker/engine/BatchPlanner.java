package dev.vidda.worker.engine;

import dev.vidda.worker.kv.BlockPool;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * Decides what the next step computes, and holds the sequences that run (have blocks) and wait (have none), both in
 * order of arrival.
 *
 * <ol>
 *   <li>Every running sequence that decodes gets its token, and a block when its last one is full. When the pool runs
 *       out, a sequence waits a step if others are about to end (their last token is drawn but not read); else a victim
 *       ({@link VictimChoice}) goes back to its place among the waiting ones and is brought back later ({@link Swap}).
 *   <li>Waiting sequences start in order of arrival as long as all their known tokens fit, unless a sequence was
 *       preempted in this step. They get their blocks at once, so a started prompt never waits for room halfway.
 *   <li>The rest of the step's tokens is divided among the unfinished prompts by {@link PrefillShares}. Of several that
 *       begin alike, the oldest computes and the others wait to find its blocks in the prefix cache.
 * </ol>
 *
 * <p>Progress: a step may compute at least as many tokens as there may be sequences, so while any sequence wants a token,
 * no step is empty unless launched ones are unread, and the oldest running one advances in each.
 */
final class BatchPlanner {
    private final BlockPool pool;
    private final int blockTokens;
    private final EngineSettings settings;
    private final VictimChoice victims;
    private final PrefillShares shares;
    private final PrefixReuse reuse;
    private final Guarantees guarantees;
    private final Swap swap;
    private final int headroom;
    private final List<Sequence> running = new ArrayList<>();
    private final TreeSet<Sequence> waiting = new TreeSet<>(Sequence.BY_ARRIVAL);
    private final List<Sequence> prefills = new ArrayList<>();
    private final int[] remaining;
    private int maxTokens;
    private long preemptions;

    BatchPlanner(BlockPool pool, int blockTokens, EngineSettings settings, Swap swap) {
        this.swap = swap;
        this.pool = pool;
        this.blockTokens = blockTokens;
        this.settings = settings;
        victims = new VictimChoice(pool, blockTokens, settings.maxPreemptions(), swap);
        shares = new PrefillShares(settings.oldestPrefillShare());
        reuse = new PrefixReuse(pool, blockTokens, settings.prefixCache(), swap);
        guarantees = new Guarantees(pool, blockTokens, reuse);
        headroom = (int) Math.ceil(pool.size() * settings.admissionHeadroom());
        remaining = new int[settings.maxBatchSequences()];
        maxTokens = settings.maxBatchTokens();
    }

    /** Sequences that hold blocks, the oldest first. */
    List<Sequence> running() {
        return Collections.unmodifiableList(running);
    }

    int waiting() {
        return waiting.size();
    }

    long preemptions() {
        return preemptions;
    }

    /** Tokens of prompts, and of preempted sequences, that are still to be computed. */
    long pendingTokens() {
        long sum = 0;
        for (Sequence sequence : running) {
            sum += sequence.pending();
        }
        for (Sequence sequence : waiting) {
            sum += sequence.pending();
        }
        return sum;
    }

    /** The most tokens of the plans to come; all sequences that decode always fit. */
    void limitTokens(int tokens) {
        maxTokens = Math.clamp(tokens, settings.maxBatchSequences(), settings.maxBatchTokens());
    }

    /** Puts a sequence in its place among the waiting ones. */
    void enqueue(Sequence sequence) {
        waiting.add(sequence);
    }

    /** Forgets a sequence that ended and takes back its blocks. Does nothing if it neither runs nor waits. */
    void remove(Sequence sequence) {
        if (waiting.remove(sequence)) {
            swap.drop(sequence);
        } else if (running.remove(sequence)) {
            pool.release(sequence.table());
        }
    }

    /** Fills {@code plan} with the next step; leaves it empty when no sequence wants a token now. */
    void plan(StepPlan plan) {
        plan.clear();
        if (!growDecodes()) {
            admitWaiting();
        }
        prefills.clear();
        addReady(plan, settings.lookahead());
        if (plan.size() == 0 && prefills.isEmpty() && settings.lookahead()) {
            addReady(plan, false);
        }
        int budget = maxTokens - plan.tokens();
        int[] divided = divide(budget);
        if (postponeTwins(divided)) {
            divided = divide(budget);
        }
        for (int i = 0; i < prefills.size(); i++) {
            if (divided[i] > 0) {
                plan.add(prefills.get(i), divided[i]);
            }
        }
    }

    /**
     * Adds the sequences that decode to the plan, and notes those that do not yet.
     *
     * @param withoutWaiting whether to leave those to a later step whose limits are not known yet: with lookahead, all
     *     others would wait for them before the step is launched
     */
    private void addReady(StepPlan plan, boolean withoutWaiting) {
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            reuse.takeOver(sequence);
            if (sequence.isComplete() || !hasRoom(sequence) || sequence.waitsForRead()) {
                continue;
            }
            if (sequence.remaining() > 1) {
                prefills.add(sequence);
            } else if (!withoutWaiting || !sequence.waitsForLimit()) {
                plan.add(sequence, 1);
            }
        }
    }

    private int[] divide(int budget) {
        for (int i = 0; i < prefills.size(); i++) {
            remaining[i] = prefills.get(i).remaining();
        }
        return shares.divide(remaining, prefills.size(), budget);
    }

    /** Takes those prompts out of the step that would compute the same block as an older one. */
    private boolean postponeTwins(int[] divided) {
        int kept = 0;
        for (int i = 0; i < prefills.size(); i++) {
            if (divided[i] == 0 || !isUnderWay(prefills.get(i), kept, divided)) {
                divided[kept] = divided[i];
                prefills.set(kept++, prefills.get(i));
            }
        }
        boolean any = kept < prefills.size();
        prefills.subList(kept, prefills.size()).clear();
        return any;
    }

    private boolean isUnderWay(Sequence sequence, int older, int[] divided) {
        for (int i = 0; i < older; i++) {
            if (divided[i] > 0 && reuse.isUnderWay(sequence, prefills.get(i), divided[i])) {
                return true;
            }
        }
        return false;
    }

    /** Makes room for one more token of each decoding sequence; says whether that took a victim. */
    private boolean growDecodes() {
        long before = preemptions;
        int i = 0;
        while (i < running.size()) {
            Sequence sequence = running.get(i);
            while (!sequence.isComplete() && !hasRoom(sequence)) {
                if (pool.available() > 0) {
                    sequence.table().append(pool.allocate());
                } else if (anyIsComplete()) {
                    break;
                } else if (preempt(victims.choose(running)) == sequence) {
                    break;
                }
            }
            // A victim may have stood before this one.
            i = i < running.size() && running.get(i) == sequence ? i + 1 : indexAfter(sequence);
        }
        return preemptions > before;
    }

    private boolean hasRoom(Sequence sequence) {
        return sequence.table().size() * blockTokens >= sequence.length();
    }

    private boolean anyIsComplete() {
        for (int i = 0; i < running.size(); i++) {
            if (running.get(i).isComplete()) {
                return true;
            }
        }
        return false;
    }

    private Sequence preempt(Sequence victim) {
        running.remove(victim);
        swap.keep(victim, victims.lostTokens(victim));
        pool.release(victim.table());
        victim.preempted();
        waiting.add(victim);
        preemptions++;
        return victim;
    }

    private void admitWaiting() {
        while (!waiting.isEmpty()
                && running.size() < settings.maxBatchSequences()
                && !waiting.first().hasUnread()
                && guarantees.leaveRoomFor(waiting.first(), running)
                && reuse.tryStart(waiting.first(), running.isEmpty() ? 0 : headroom)) {
            insertByArrival(waiting.removeFirst());
        }
    }

    /** Recounts the users of every block. */
    void checkIntegrity() {
        int[] users = new int[pool.size()];
        for (Sequence sequence : running) {
            for (int i = 0; i < sequence.table().size(); i++) {
                users[sequence.table().get(i)]++;
            }
        }
        for (int block = 0; block < users.length; block++) {
            if (users[block] != pool.users(block)) {
                throw new IllegalStateException("block " + block + " has " + users[block] + " users, but "
                        + pool.users(block) + " are counted");
            }
        }
        int onHost = 0;
        for (Sequence sequence : waiting) {
            if (sequence.table().size() > 0) {
                throw new IllegalStateException(sequence + " waits, but holds blocks");
            }
            onHost += sequence.hostSlots().size();
        }
        if (onHost != swap.used()) {
            throw new IllegalStateException(onHost + " host slots are held, but " + swap.used() + " are taken");
        }
    }

    private void insertByArrival(Sequence sequence) {
        int at = running.size();
        while (at > 0 && Sequence.BY_ARRIVAL.compare(running.get(at - 1), sequence) > 0) {
            at--;
        }
        running.add(at, sequence);
    }

    /** Where the running sequences younger than {@code sequence} begin. */
    private int indexAfter(Sequence sequence) {
        int index = 0;
        while (index < running.size() && Sequence.BY_ARRIVAL.compare(running.get(index), sequence) <= 0) {
            index++;
        }
        return index;
    }
}
