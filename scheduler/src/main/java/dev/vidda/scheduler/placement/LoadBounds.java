package dev.vidda.scheduler.placement;

import dev.vidda.protocol.StepSample;
import java.util.Arrays;

/**
 * The loads of a model's workers side by side, for a bound on what a request would cost on each: a choice among thousands
 * looks closely only at those that may win. Workers are known by small numbers; each {@link WorkerLoad} keeps its own line.
 */
public final class LoadBounds {
    /** Of times: those of an empty step, and what a token and a pair of a prompt, a sequence and a kept token add. */
    private static final int EMPTY_STEP = 0;

    private static final int PER_TOKEN = 1;
    private static final int PER_PAIR = 2;
    private static final int PER_SEQUENCE = 3;
    private static final int PER_KV_TOKEN = 4;
    /** Share of the time that prompts take, the time of a step full of them, and how many of their tokens that has. */
    private static final int PROMPT_SHARE = 5;

    private static final int FULL_STEP = 6;
    private static final int CHUNK = 7;
    private static final int SEQUENCES = 8;
    /** When the prompts of each band are computed. */
    private static final int READY = 9;

    private static final int LAST = READY + WorkerLoad.BAND_COUNT - 1;
    private static final int KV_TOKENS = LAST + 1;
    /** Whose times it has: one more than the number of a kind, or 0 for its own. */
    private static final int KIND = LAST + 2;

    /** Tokens that can come before cached ones have to give way. */
    private static final int ROOM = LAST + 3;

    private static final int WIDTH = 17;

    /** Sums of the same terms in another order lie between these multiples of each other. */
    private static final double ABOVE = 1 + 1e-9;

    private static final double BELOW = 1 - 1e-9;

    private double[] lines = {};
    private double[] kinds = {};
    private int[] blocks = {};

    /**
     * A request that finds nothing of its prompt, worked out once for all workers.
     *
     * @param newTokens that come to lie in the pool
     * @param meanPairs see {@link Work#meanPairs}
     * @param band of its length
     */
    public record Plain(
            int tokens,
            double pairs,
            int sequences,
            double kvTokens,
            double outputTokens,
            double newTokens,
            double meanPairs,
            int band) {
        public static Plain of(Work work) {
            int tokens = work.computedTokens();
            return new Plain(
                    tokens,
                    work.pairs(),
                    work.sequences(),
                    work.kvTokens(),
                    work.outputTokens(),
                    work.newTokens(),
                    work.meanPairs(),
                    WorkerLoad.band(tokens));
        }
    }

    /**
     * What a request needs of any worker.
     *
     * @param blocks at least, however much it shares
     * @param now in milliseconds of the clock of all times
     * @param pendingMillis how long any may wait behind others' prompts
     */
    public record Needs(int blocks, double now, long pendingMillis) {}

    /** How milliseconds of several kinds count beside one until the first token. */
    public record Weights(double work, double pace, double evicted) {}

    void reserve(int workers) {
        if (workers * WIDTH > lines.length) {
            lines = Arrays.copyOf(lines, Math.max(workers * WIDTH, 2 * lines.length));
            blocks = Arrays.copyOf(blocks, lines.length / WIDTH);
        }
    }

    /** What workers have in common that have not learned times of their own. */
    public void kindTimes(int kind, StepTimeModel model) {
        if ((kind + 1) * WIDTH > kinds.length) {
            kinds = Arrays.copyOf(kinds, (kind + 1) * WIDTH);
        }
        times(kinds, kind * WIDTH, model);
    }

    void ownTimes(int worker, StepTimeModel model) {
        times(lines, worker * WIDTH, model);
        lines[worker * WIDTH + KIND] = 0;
    }

    void timesOf(int worker, int kind) {
        lines[worker * WIDTH + KIND] = kind + 1.0;
    }

    private static void times(double[] to, int at, StepTimeModel model) {
        to[at + EMPTY_STEP] = model.decodeMillis(0, 0);
        to[at + PER_TOKEN] = model.prefillMillis(1, 0);
        to[at + PER_PAIR] = model.prefillMillis(0, 1);
        to[at + PER_SEQUENCE] = model.addedDecodeMillis(1, 0);
        to[at + PER_KV_TOKEN] = model.addedDecodeMillis(0, 1);
    }

    void work(int worker, int sequences, double kvTokens) {
        lines[worker * WIDTH + SEQUENCES] = sequences;
        lines[worker * WIDTH + KV_TOKENS] = kvTokens;
    }

    void cacheRoom(int worker, double tokens) {
        lines[worker * WIDTH + ROOM] = tokens;
    }

    void steps(int worker, int chunk, double promptShare, double fullStep, double[] ready) {
        int at = worker * WIDTH;
        lines[at + PROMPT_SHARE] = promptShare;
        lines[at + FULL_STEP] = fullStep;
        lines[at + CHUNK] = chunk;
        System.arraycopy(ready, 0, lines, at + READY, ready.length);
    }

    /** A worker has so many blocks left at most. */
    public void blocks(int worker, int left) {
        blocks[worker] = left;
    }

    /**
     * Whether a worker has surely no room for a request, and would name no earlier time to ask it again either.
     *
     * @param tokens of the prompt that it would have to compute, after those that it has
     * @param wakeMillis the time at which somebody is asked again anyway
     */
    public boolean turnsAway(int worker, int tokens, int saved, Needs needs, double wakeMillis) {
        int at = worker * WIDTH;
        double ready = lines[at + READY + WorkerLoad.band(tokens)];
        boolean lacksBlocks = blocks[worker] < needs.blocks();
        if (ready - needs.pendingMillis() <= needs.now()) {
            return lacksBlocks;
        }
        double own = ownMillis(worker, tokens, StepSample.pairs(tokens, saved), stepMillis(worker));
        double most = WorkerLoad.mostWaitMillis(own, needs.pendingMillis());
        boolean isBusy = lines[at + SEQUENCES] > 0 && ready - needs.now() > most * ABOVE;
        boolean wakesNobody = ready - most * BELOW <= needs.now() || ready - most * ABOVE >= wakeMillis;
        return (lacksBlocks || isBusy) && wakesNobody;
    }

    private double stepMillis(int worker) {
        int at = worker * WIDTH;
        double[] times = times(at);
        int from = timesAt(at);
        return times[from + EMPTY_STEP]
                + times[from + PER_SEQUENCE] * lines[at + SEQUENCES]
                + times[from + PER_KV_TOKEN] * lines[at + KV_TOKENS];
    }

    private double ownMillis(int worker, int tokens, double pairs, double step) {
        int at = worker * WIDTH;
        double[] times = times(at);
        int from = timesAt(at);
        double chunk = lines[at + CHUNK];
        double steps = tokens <= chunk ? 1 : Math.ceil(tokens / chunk);
        return times[from + PER_TOKEN] * tokens + times[from + PER_PAIR] * pairs + steps * step;
    }

    private double[] times(int at) {
        return lines[at + KIND] == 0 ? lines : kinds;
    }

    private int timesAt(int at) {
        int kind = (int) lines[at + KIND];
        return kind == 0 ? at : (kind - 1) * WIDTH;
    }

    /**
     * No more than the worker's time to first token, its own work, its answer's time and what it evicts count together by their
     * weights, for a request that finds nothing of its prompt there.
     *
     * @param now in milliseconds of the clock of all times
     */
    public double atLeast(int worker, Plain request, Weights weights, double now) {
        int at = worker * WIDTH;
        double[] times = times(at);
        int from = timesAt(at);
        double step = stepMillis(worker);
        double own = ownMillis(worker, request.tokens(), request.pairs(), step);
        double ready = Math.max(now, lines[at + READY + request.band()]);
        double full = lines[at + FULL_STEP];
        double inTheWay = Math.min(Math.max(0, lines[at + LAST] - ready), full);
        double ttft = ready - now + inTheWay + own;
        double pace = step
                + times[from + PER_SEQUENCE] * request.sequences()
                + times[from + PER_KV_TOKEN] * request.kvTokens();
        double usual = WorkerLoad.usualMillis(pace, Math.max(pace, full), lines[at + PROMPT_SHARE]);
        double perToken = times[from + PER_TOKEN] + times[from + PER_PAIR] * request.meanPairs();
        return ttft
                + weights.work() * own
                + weights.pace() * request.outputTokens() * usual
                + weights.evicted() * WorkerLoad.evicted(request.newTokens(), lines[at + ROOM]) * perToken;
    }
}
