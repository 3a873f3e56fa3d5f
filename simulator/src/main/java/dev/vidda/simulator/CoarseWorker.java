package dev.vidda.simulator;

import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A worker by its sums: how many sequences decode, how many tokens they keep, who ends next. Steps with prompts are taken
 * one by one; decoding steps between two events at once. Its rules are those of the engine: prompts get all their blocks
 * before they start, the oldest has a guaranteed share of each step and the rest goes to the shortest, common beginnings
 * are computed once, and when blocks run out the youngest sequence starts anew.
 */
final class CoarseWorker implements SimWorker {
    private static final double HEADROOM = 0.01;
    private static final int MOST_STEPS_AT_ONCE = 256;

    private final WorkerCard card;
    private final WorkerShape shape;
    private final int blockTokens;
    private final int strideTokens;
    private final StridePool pool;
    private final TreeSet<CoarseSequence> waiting = new TreeSet<>(Comparator.comparingInt(s -> s.request.number));
    private final List<CoarseSequence> prefills = new ArrayList<>();
    private final PriorityQueue<CoarseSequence> decoding = new PriorityQueue<>(
            Comparator.<CoarseSequence>comparingLong(CoarseWorker::endStep).thenComparingInt(s -> s.request.number));
    private final PrefillDivision division;
    private final UnderWay underWay = new UnderWay();
    private final WorkerNews news;
    private final CoarseStep step;

    private long decodeStep;
    private double kvTokens;
    /** Decoding sequences by the step, modulo the block size, in which they need their next block. */
    private final int[] crossings;

    private long steps;
    private long computed;
    private long preemptions;
    private long preemptedTokens;
    private long pendingTokens;
    private long reports;

    /** @param everywhere see {@link StridePool} */
    CoarseWorker(int number, WorkerShape shape, @Nullable Set<Long> everywhere) {
        this.card = shape.card(number);
        this.shape = shape;
        this.blockTokens = shape.kvShape().blockTokens();
        this.strideTokens = blockTokens * StridePool.STRIDE_BLOCKS;
        this.pool = new StridePool(shape.kvBlocks(), blockTokens, everywhere);
        this.division = new PrefillDivision(shape.oldestPrefillShare());
        this.crossings = new int[blockTokens];
        this.news = new WorkerNews(card.workerId());
        this.step = new CoarseStep(shape.times());
    }

    private static long endStep(CoarseSequence sequence) {
        return sequence.decodeBase + sequence.request.outputTokens;
    }

    @Override
    public WorkerCard card() {
        return card;
    }

    @Override
    public void start(SimRequest request, long nanos) {
        CoarseSequence sequence = new CoarseSequence(request);
        pendingTokens += sequence.target;
        waiting.add(sequence);
        news.started(request);
        if (step.isNone()) {
            plan(nanos);
        } else {
            step.cut(nanos);
        }
    }

    @Override
    public long next() {
        return step.end();
    }

    @Override
    public void advance(long nanos, Listener listener) {
        while (step.end() <= nanos) {
            long end = step.end();
            finishStep(end, listener);
            plan(end);
        }
    }

    private void plan(long now) {
        grow();
        admitWaiting();
        divide();
        step.decodes = decoding.size();
        step.kvTokens = kvTokens;
        if (step.decodes + step.prefill == 0) {
            step.none();
        } else {
            step.begin(now, step.prefill > 0 ? 1 : stepsWithoutEvent());
        }
    }

    private int stepsWithoutEvent() {
        long untilEnd = endStep(decoding.peek()) - decodeStep;
        // In so many steps as a block has tokens, each sequence needs one block.
        long untilFull = blockTokens * ((long) pool.available() / decoding.size());
        return (int) Math.clamp(Math.min(untilEnd, untilFull), 1, MOST_STEPS_AT_ONCE);
    }

    /** Every decoding sequence that begins a block with its next token gets it. */
    private void grow() {
        while (crossings[(int) (decodeStep % blockTokens)] > pool.available()) {
            preempt();
        }
        pool.allocate(crossings[(int) (decodeStep % blockTokens)]);
    }

    private void preempt() {
        CoarseSequence victim = null;
        for (CoarseSequence candidate : decoding) {
            victim = victim == null || candidate.request.number > victim.request.number ? candidate : victim;
        }
        for (CoarseSequence candidate : prefills) {
            victim = victim == null || candidate.request.number > victim.request.number ? candidate : victim;
        }
        if (victim == null) {
            throw new IllegalStateException("no room for a single sequence on " + card.workerId());
        }
        if (decoding.remove(victim)) {
            stopDecoding(victim);
        } else {
            prefills.remove(victim);
            pendingTokens -= victim.remaining();
        }
        release(victim);
        preemptions++;
        victim.request.preemptions++;
        CoarseSequence again = new CoarseSequence(victim.request);
        again.again = true;
        pendingTokens += again.target;
        waiting.add(again);
    }

    private void stopDecoding(CoarseSequence sequence) {
        sequence.request.generated = (int) (decodeStep - sequence.decodeBase);
        kvTokens -= sequence.request.length();
        crossings[crossing(sequence)]--;
    }

    /** The step in which it needs its next block. */
    private int crossing(CoarseSequence sequence) {
        // With length L after its first token, its last one is computed next; block L / 16 is needed when L passes a
        // multiple.
        long offset = sequence.decodeBase - sequence.request.promptTokens;
        return (int) Math.floorMod(offset + 1, (long) blockTokens);
    }

    private void admitWaiting() {
        int headroom = (int) Math.ceil(shape.kvBlocks() * HEADROOM);
        while (!waiting.isEmpty() && prefills.size() + decoding.size() < shape.maxSequences()) {
            CoarseSequence first = waiting.first();
            int strides = hits(first, 0);
            int revived = 0;
            for (int i = 0; i < strides; i++) {
                revived += pool.revived(first.name(i, blockTokens));
            }
            int own = Math.ceilDiv(first.target, blockTokens) - strides * StridePool.STRIDE_BLOCKS;
            boolean isAlone = prefills.isEmpty() && decoding.isEmpty();
            if (pool.available() - revived - own < (isAlone ? 0 : headroom)) {
                return;
            }
            waiting.removeFirst();
            for (int i = 0; i < strides; i++) {
                pool.acquire(first.name(i, blockTokens));
            }
            pool.allocate(own);
            first.ownBlocks = own;
            skip(first, strides);
            fetch(first);
            insert(first);
        }
    }

    private void insert(CoarseSequence sequence) {
        int at = prefills.size();
        while (at > 0 && prefills.get(at - 1).request.number > sequence.request.number) {
            at--;
        }
        prefills.add(at, sequence);
    }

    /** The cache has the first strides: they need not be computed. */
    private void skip(CoarseSequence sequence, int strides) {
        int tokens = strides * strideTokens - sequence.computed;
        sequence.computed += tokens;
        sequence.strides = strides;
        pendingTokens -= tokens;
        if (!sequence.again) {
            sequence.request.cachedTokens = sequence.computed;
        }
    }

    /** What others have computed appears here in blocks of its own. */
    private void fetch(CoarseSequence sequence) {
        int tokens = count(sequence, sequence.strides, pool::isSomewhere) * strideTokens - sequence.computed;
        if (tokens > 0) {
            sequence.computed += tokens;
            pendingTokens -= tokens;
            sequence.request.cachedTokens = sequence.again ? sequence.request.cachedTokens : sequence.computed;
        }
    }

    /** How many strides, from the first on, the cache holds. */
    private int hits(CoarseSequence sequence, int from) {
        return count(sequence, from, pool::has);
    }

    /** How many strides, from the first on, are known; the last token is always computed. */
    private int count(CoarseSequence sequence, int from, LongPredicate isKnown) {
        int most = (sequence.target - 1) / strideTokens;
        int count = from;
        while (count < most && isKnown.test(sequence.name(count, blockTokens))) {
            count++;
        }
        return count;
    }

    private void divide() {
        division.clear();
        underWay.clear();
        for (CoarseSequence sequence : prefills) {
            if (!sequence.started) {
                takeOver(sequence);
            }
            boolean isFirst = underWay.add(nextName(sequence));
            boolean isTwin = !sequence.started && !isFirst;
            division.add(isTwin ? 0 : sequence.remaining());
        }
        division.divide(shape.maxBatchTokens() - decoding.size());
        step.prefill = 0;
        step.pairs = 0;
        for (int i = 0; i < prefills.size(); i++) {
            int tokens = division.share(i);
            step.prefill += tokens;
            step.pairs += tokens * (double) prefills.get(i).computed + tokens * (tokens + 1.0) / 2;
        }
    }

    private long nextName(CoarseSequence sequence) {
        int stride = sequence.computed / strideTokens;
        return (stride + 1) * strideTokens < sequence.target ? sequence.name(stride, blockTokens) : UnderWay.NOTHING;
    }

    private void takeOver(CoarseSequence sequence) {
        int strides = hits(sequence, sequence.strides);
        for (int i = sequence.strides; i < strides; i++) {
            pool.acquire(sequence.name(i, blockTokens));
            pool.free(StridePool.STRIDE_BLOCKS);
            sequence.ownBlocks -= StridePool.STRIDE_BLOCKS;
        }
        if (strides > sequence.strides) {
            skip(sequence, strides);
        }
    }

    private void finishStep(long now, Listener listener) {
        if (news.wantsSample()) {
            news.step(step.sample());
        }
        steps += step.count();
        computed += step.prefill + (long) step.count() * step.decodes;
        // Blocks for the first of several steps were handed out when they were planned.
        for (int i = 1; i < step.count(); i++) {
            pool.allocate(crossings[(int) ((decodeStep + i) % blockTokens)]);
        }
        decodeStep += step.count();
        kvTokens += (double) step.count() * step.decodes;
        while (!decoding.isEmpty() && endStep(decoding.peek()) <= decodeStep) {
            CoarseSequence done = decoding.poll();
            stopDecoding(done);
            end(done, now, listener);
        }
        for (int i = 0; i < division.size(); i++) {
            prefilled(prefills.get(i), division.share(i));
        }
        for (int i = 0; i < prefills.size(); ) {
            if (prefills.get(i).remaining() == 0) {
                firstToken(prefills.remove(i), now, listener);
            } else {
                i++;
            }
        }
    }

    private void prefilled(CoarseSequence sequence, int tokens) {
        if (tokens == 0) {
            return;
        }
        sequence.started = true;
        sequence.computed += tokens;
        pendingTokens -= tokens;
        preemptedTokens += sequence.again ? tokens : 0;
        publish(sequence, sequence.computed);
    }

    private void publish(CoarseSequence sequence, int tokens) {
        while ((sequence.strides + 1) * strideTokens <= tokens
                && pool.publish(sequence.name(sequence.strides, blockTokens), sequence.request, sequence.strides)) {
            sequence.strides++;
            sequence.ownBlocks -= StridePool.STRIDE_BLOCKS;
        }
    }

    private void firstToken(CoarseSequence sequence, long now, Listener listener) {
        SimRequest request = sequence.request;
        if (request.firstTokenNanos < 0) {
            listener.firstToken(request, now);
        }
        request.generated++;
        if (request.generated >= request.outputTokens) {
            end(sequence, now, listener);
            return;
        }
        sequence.decodeBase = decodeStep - request.generated;
        kvTokens += request.length();
        crossings[crossing(sequence)]++;
        decoding.add(sequence);
    }

    private void end(CoarseSequence sequence, long now, Listener listener) {
        sequence.target = sequence.request.length();
        int blocks = Math.ceilDiv(Math.max(1, sequence.request.length() - 1), blockTokens);
        sequence.ownBlocks = blocks - sequence.strides * StridePool.STRIDE_BLOCKS;
        publish(sequence, sequence.request.length() - 1);
        releaseAs(sequence);
        news.ended(sequence.request);
        listener.ended(sequence.request, now);
    }

    private void release(CoarseSequence sequence) {
        int blocks = sequence.started && sequence.remaining() == 0
                ? Math.ceilDiv(Math.max(sequence.target, sequence.request.length() - 1), blockTokens)
                : Math.ceilDiv(sequence.target, blockTokens);
        sequence.ownBlocks = blocks - sequence.strides * StridePool.STRIDE_BLOCKS;
        releaseAs(sequence);
    }

    private void releaseAs(CoarseSequence sequence) {
        for (int i = sequence.strides - 1; i >= 0; i--) {
            pool.release(sequence.name(i, blockTokens));
        }
        pool.free(sequence.ownBlocks);
    }

    @Override
    public List<SimRequest> fail() {
        List<SimRequest> lost = new ArrayList<>();
        for (CoarseSequence sequence : decoding) {
            stopDecoding(sequence);
            lost.add(sequence.request);
        }
        prefills.forEach(sequence -> lost.add(sequence.request));
        waiting.forEach(sequence -> lost.add(sequence.request));
        lost.sort(Comparator.comparingInt(request -> request.number));
        step.none();
        return lost;
    }

    @Override
    public WorkerReport report() {
        return news.report(
                steps,
                new BlockCounts(pool.used(), pool.cached(), 0),
                new SequenceCounts(prefills.size() + decoding.size(), waiting.size(), preemptions, pendingTokens),
                new TokenCounts(computed, 0, 0));
    }

    @Override
    public PrefixChanges prefixChanges() {
        return new PrefixChanges(card.workerId(), reports++, pool.takeAdded(), pool.takeEvicted());
    }

    @Override
    public Totals totals() {
        return new Totals(steps, computed, preemptions, preemptedTokens, pool.used());
    }
}
