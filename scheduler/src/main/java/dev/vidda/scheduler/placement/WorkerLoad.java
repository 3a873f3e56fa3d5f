package dev.vidda.scheduler.placement;

import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.WorkerReport;
import org.jspecify.annotations.Nullable;

/**
 * What a worker has to do, and so when a request would see its first token there and how far apart the next ones.
 *
 * <p>Decisions count at once, and what the worker reports corrects them. Prompts are kept apart by bands of length,
 * because workers finish short prompts first: a short one does not wait for the long ones before it. For each band the
 * time is kept at which all prompts of at most its length are computed.
 *
 * <p>Times are milliseconds of one monotonic clock.
 */
public final class WorkerLoad {
    /** The most tokens of a prompt in each band but the last. */
    private static final int[] BANDS = {512, 2_048, 8_192, 32_768};

    /**
     * A prompt may wait behind others for so many times as long as it takes itself, if that is longer than any request may
     * wait: elsewhere a long one would be in the way of more answers, and where it waits it is in nobody's.
     */
    private static final double OWN_TIMES = 8;

    private static final int FIRST_CHUNK = 512;
    private static final double MICROS = 1_000;
    /**
     * What prompts took of a worker's time fades within about so long: beside an answer's few seconds long enough to tell
     * where the next long prompt will come, too.
     */
    private static final double MEMORY_MILLIS = 10_000;

    /** Steps that are no longer disturb nobody who asks for no pace. */
    private static final long USUAL_PACE_MILLIS = 50;

    /** The same for the time of a step that is full of prompt, and for that of a prompt token. */
    private static final double FULL_STEPS = 16;

    private static final double RATE_STEPS = 64;

    static final int BAND_COUNT = BANDS.length + 1;

    private final StepTimeModel model;
    private final @Nullable LoadBounds bounds;
    private final int number;
    private final int kind;
    private final double[] readyAt = new double[BAND_COUNT];
    private final PaceTargets targets = new PaceTargets();
    private int sequences;
    private double kvTokens;
    private long unstartedTokens;
    private double cacheRoom = Double.MAX_VALUE;
    private double millisPerToken;
    private int chunk = FIRST_CHUNK;
    private double fullStep;
    /** Time that prompts took lately, the more of each the later it came. */
    private double promptMillis;

    private double promptMillisAt = Double.NEGATIVE_INFINITY;

    /** @param model of this worker alone */
    public WorkerLoad(StepTimeModel model) {
        this(model, null, 0, 0);
    }

    /**
     * The load of one of many workers.
     *
     * @param bounds keeps what is compared among them, in the line of this {@code number}
     * @param kind whose times are the worker's until it has learned its own
     */
    public WorkerLoad(StepTimeModel model, @Nullable LoadBounds bounds, int number, int kind) {
        this.model = model;
        this.bounds = bounds;
        this.number = number;
        this.kind = kind;
        if (bounds != null) {
            bounds.reserve(number + 1);
        }
        this.millisPerToken = model.prefillMillis(1, 0) + model.decodeMillis(0, 0) / chunk;
        note();
    }

    /** Brings the line among the bounds up to date. */
    private void note() {
        if (bounds == null) {
            return;
        }
        if (model.isLearned()) {
            bounds.ownTimes(number, model);
        } else {
            bounds.timesOf(number, kind);
        }
        bounds.work(number, sequences, kvTokens);
        bounds.cacheRoom(number, cacheRoom);
        bounds.steps(number, chunk, promptShare(), fullStep, readyAt);
    }

    /** Time until the first token of a request that came now. */
    public double firstTokenMillis(Work work, double now) {
        return waitMillis(work.computedTokens(), now) + inTheWay(work.computedTokens(), now) + ownMillis(work);
    }

    /** Longer prompts do not go first, but the steps that a shorter one shares with them take longer. */
    private double inTheWay(int tokens, double now) {
        double longer = readyAt[readyAt.length - 1] - Math.max(now, readyAt[band(tokens)]);
        return Math.clamp(longer, 0, fullStep);
    }

    /**
     * Time that the request's answer takes after its first token: slowly while the prompts that came before are computed, then
     * as prompts that will come are likely to leave it, by their share of the time lately.
     */
    public double answerMillis(Work work, double now) {
        double step = model.decodeMillis(sequences + work.sequences(), kvTokens + work.kvTokens());
        double busy = Math.max(0, readyAt[readyAt.length - 1] - now);
        double slow = Math.max(step, fullStep);
        double tokensMeanwhile = Math.min(work.outputTokens(), busy / slow);
        return tokensMeanwhile * slow
                + (work.outputTokens() - tokensMeanwhile) * usualMillis(step, slow, promptShare());
    }

    /**
     * Time between two tokens when prompts take a share of the time.
     *
     * @param slow of a step that is full of prompt; no less than {@code step}
     */
    static double usualMillis(double step, double slow, double share) {
        return step / (1 - share + share * step / slow);
    }

    /** Share of its time that prompts took lately. */
    private double promptShare() {
        return Math.min(1, promptMillis / MEMORY_MILLIS);
    }

    /** Time until prompts of at most this length, that came before, are computed. */
    public double waitMillis(int tokens, double now) {
        return Math.max(0, readyAt[band(tokens)] - now);
    }

    /** The time at which prompts of at most this length, that came before, are computed. */
    public double readyAt(int tokens) {
        return readyAt[band(tokens)];
    }

    /** The time at which all prompts that came before are computed; never before {@link #readyAt(int)}. */
    public double readyAt() {
        return readyAt[readyAt.length - 1];
    }

    /** Time that the steps take which compute the prompt, if it is alone. */
    public double ownMillis(Work work) {
        return model.prefillMillis(work.computedTokens(), work.pairs())
                + steps(work) * model.decodeMillis(sequences, kvTokens);
    }

    /** How long a request may wait behind the prompts of others, where {@code pendingMillis} is what any may. */
    public double mostWaitMillis(Work work, long pendingMillis) {
        return mostWaitMillis(ownMillis(work), pendingMillis);
    }

    /** The same for a request that takes so long itself. */
    public static double mostWaitMillis(double ownMillis, long pendingMillis) {
        return Math.max((double) pendingMillis, OWN_TIMES * ownMillis);
    }

    /** By how much the steps that compute the prompt exceed, together, the time that may lie between two tokens. */
    public double excessMillis(Work work) {
        return Math.max(0, ownMillis(work) - (double) pace(work) * steps(work));
    }

    private static long pace(Work work) {
        return work.itlTargetMillis() > 0 ? work.itlTargetMillis() : USUAL_PACE_MILLIS;
    }

    /**
     * Time that all who decode there wait longer than their pace allows, together: in the steps of the request's prompt, and
     * beside its answer.
     */
    public double harmMillis(Work work) {
        double beyond = Math.max(0, tokenMillis(work) - pace(work));
        return sequences * (excessMillis(work) + beyond * work.outputTokens());
    }

    /** So many tokens can come before cached ones have to give way, as the worker said. */
    public void cacheRoom(double tokens) {
        cacheRoom = Math.max(0, tokens - unstartedTokens);
        note();
    }

    /** Time that it takes to compute as many tokens of a prompt like this one as its request evicts from the cache. */
    public double evictedMillis(Work work) {
        double evicted = evicted(work.newTokens(), cacheRoom);
        return evicted == 0 ? 0 : evicted * model.prefillMillis(1, work.meanPairs());
    }

    static double evicted(double newTokens, double cacheRoom) {
        return Math.max(0, newTokens - cacheRoom);
    }

    private int steps(Work work) {
        return Math.ceilDiv(Math.max(1, work.computedTokens()), chunk);
    }

    /** Time between two tokens of each sequence, as things stand and with one more request, when no prompt is computed. */
    public double tokenMillis(Work work) {
        return model.decodeMillis(sequences + work.sequences(), kvTokens + work.kvTokens());
    }

    /**
     * Whether nobody's target for the time between two tokens breaks, its own among them, because there is one more
     * sequence. What prompts add to steps passes, and is weighed instead.
     */
    public boolean keepsPace(Work work) {
        long strictest = targets.strictestWith(work.itlTargetMillis());
        return strictest == PaceTargets.NONE || tokenMillis(work) <= strictest;
    }

    /** Whether times come from steps that were seen here or on others of its kind. */
    public boolean isLearned() {
        return model.isTrusted();
    }

    public int sequences() {
        return sequences;
    }

    /** A request was given to the worker. */
    public void add(Work work, double now) {
        double own = ownMillis(work);
        for (int band = band(work.computedTokens()); band < readyAt.length; band++) {
            readyAt[band] = Math.max(readyAt[band], now) + own;
        }
        forget(now);
        promptMillis += own;
        sequences += work.sequences();
        kvTokens += work.kvTokens();
        unstartedTokens += work.computedTokens();
        cacheRoom = Math.max(0, cacheRoom - work.newTokens());
        targets.add(work.itlTargetMillis());
        note();
    }

    /** The worker serves a request that another scheduler gave it. */
    public void adopt(Work work) {
        sequences += work.sequences();
        kvTokens += work.kvTokens();
        note();
    }

    /** The worker said that it has the request: from now on its own count of work ahead contains it. */
    public void started(Work work) {
        unstartedTokens = Math.max(0, unstartedTokens - work.computedTokens());
    }

    /** The worker does not say what it has begun: its own count of work ahead is taken for all. */
    public void allStarted() {
        unstartedTokens = 0;
    }

    /** A request ended. */
    public void remove(Work work, boolean wasStarted) {
        sequences -= work.sequences();
        kvTokens -= work.kvTokens();
        if (!wasStarted) {
            started(work);
        }
        targets.remove(work.itlTargetMillis());
        note();
    }

    /** Learns from a report. */
    public void report(WorkerReport report, double now) {
        model.observe(report.samples());
        for (StepSample sample : report.samples()) {
            learn(sample);
        }
        correct(report.sequences().pendingTokens(), now);
        forget(now);
        note();
    }

    /** Time passed since prompts were last counted. */
    private void forget(double now) {
        promptMillis *= Math.exp(-Math.max(0, now - promptMillisAt) / MEMORY_MILLIS);
        promptMillisAt = Math.max(promptMillisAt, now);
    }

    private void correct(long pending, double now) {
        if (pending == SequenceCounts.UNKNOWN) {
            return;
        }
        double all = now + (pending + unstartedTokens) * millisPerToken;
        for (int band = 0; band < readyAt.length; band++) {
            readyAt[band] = band == readyAt.length - 1 ? all : Math.min(readyAt[band], all);
        }
    }

    private void learn(StepSample sample) {
        double millis = sample.micros() / MICROS;
        if (sample.prefillTokens() > 0) {
            chunk = Math.max(chunk, sample.prefillTokens());
            double each = Math.min(millis / sample.prefillTokens(), millis);
            double share = Math.min(1, (double) sample.prefillTokens() / chunk) / RATE_STEPS;
            millisPerToken += (each - millisPerToken) * share;
            if (2 * sample.prefillTokens() >= chunk) {
                fullStep += (millis - fullStep) / FULL_STEPS;
            }
        }
    }

    /** A copy to try decisions on. */
    public WorkerLoad copy() {
        WorkerLoad copy = new WorkerLoad(model);
        System.arraycopy(readyAt, 0, copy.readyAt, 0, readyAt.length);
        copy.targets.addAll(targets);
        copy.sequences = sequences;
        copy.kvTokens = kvTokens;
        copy.unstartedTokens = unstartedTokens;
        copy.cacheRoom = cacheRoom;
        copy.millisPerToken = millisPerToken;
        copy.chunk = chunk;
        copy.promptMillis = promptMillis;
        copy.promptMillisAt = promptMillisAt;
        copy.fullStep = fullStep;
        return copy;
    }

    static int band(int tokens) {
        int band = 0;
        while (band < BANDS.length && tokens > BANDS[band]) {
            band++;
        }
        return band;
    }
}
