package dev.vidda.worker.engine;

import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.GenerationRequest.Continuation;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.TokenLogprobs;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.worker.constraint.Constraints;
import dev.vidda.worker.engine.AddResult.Added;
import dev.vidda.worker.engine.AddResult.Refused;
import dev.vidda.worker.kv.BlockPool;
import dev.vidda.worker.kv.CacheChanges;
import dev.vidda.worker.step.ModelRunner;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests on one model, step by step, all of them together.
 *
 * <p>A step is planned and launched by {@link #launch} and read by {@link #collect}; requests come and go at any time. On a
 * device that gains by it, {@link #step} launches a step before it reads the one before, so that the device always has
 * work: the next step takes its tokens from the one before on the device. How long a sequence gets is known ahead; one
 * that turns out to have ended by a stop token has a row in the step behind, which is dropped. Steps run one after the
 * other, so the blocks of a sequence that has left may be given to others at once.
 *
 * <p>The tokens of a sequence depend on nothing but its request: not on the others, on how its prompt was cut, on what was
 * cached, or on whether it was preempted.
 *
 * <p>Not thread-safe: belongs to one thread, with its runner.
 */
public final class Engine implements AutoCloseable {
    /** The most samples of one request. */
    public static final int MOST_SAMPLES = 128;

    private final ModelRunner runner;
    private final Intake intake;
    private final Constraints constraints;
    private final int blockTokens;
    private final boolean prefixCache;
    private final BlockPool pool;
    private final Swap swap;
    private final BatchPlanner planner;
    private final boolean lookahead;
    private final InFlight inFlight;
    private final Map<String, SequenceGroup> groups = new HashMap<>();

    private int sequences;
    private long steps;
    private long computedTokens;
    private long cachedTokens;
    private long generatedTokens;
    private long computeNanos;
    private long idleNanos;
    private boolean hadWork;
    private StepCounts lastStep = StepCounts.NONE;

    /** @param model the model's name, which keeps its blocks' hashes apart from those of other models */
    public Engine(ModelRunner runner, String model, EngineSettings settings) {
        this(runner, model, settings, Constraints.none());
    }

    /** @param constraints keeps the requests within their grammars that have one; closed with the engine */
    public Engine(ModelRunner runner, String model, EngineSettings settings, Constraints constraints) {
        this.runner = runner;
        this.constraints = constraints;
        intake = new Intake(runner, model, constraints);
        blockTokens = runner.kvShape().blockTokens();
        prefixCache = settings.prefixCache();
        pool = new BlockPool(runner.kvBlocks());
        lookahead = settings.lookahead() && runner.gainsByLookahead();
        swap = settings.swapBytes() == 0
                ? Swap.none(blockTokens)
                : new Swap(runner.hostBlocks(settings.swapBytes()), blockTokens);
        planner = new BatchPlanner(pool, blockTokens, settings.withLookahead(lookahead), swap);
        inFlight = new InFlight(settings.maxBatchTokens(), settings.maxBatchSequences());
    }

    public ModelRunner runner() {
        return runner;
    }

    /** Takes a request, which will run when its turn comes, or says why it never can. */
    public AddResult add(GenerationRequest request) {
        return add(request, false);
    }

    /** The same for one that, if {@code guaranteed}, keeps its blocks from its start to its end. */
    public AddResult add(GenerationRequest request, boolean guaranteed) {
        if (groups.containsKey(request.id())) {
            return new Refused("a request with the id " + request.id() + " is running already");
        }
        Optional<String> problem = intake.problem(request);
        if (problem.isPresent()) {
            return new Refused(problem.get());
        }
        SequenceGroup group;
        try {
            group = intake.sequences(request, guaranteed);
        } catch (IllegalArgumentException e) {
            return new Refused(String.valueOf(e.getMessage()));
        }
        groups.put(request.id(), group);
        sequences += group.live().size();
        planner.enqueue(group.live().getFirst());
        return new Added();
    }

    /** The samples that a request has to run: those it continues, or all from their start. */
    public static Stream<Continuation> openSamples(GenerationRequest request) {
        return request.continued().isEmpty()
                ? IntStream.range(0, request.samples()).mapToObj(choice -> new Continuation(choice, TokenIds.EMPTY))
                : request.continued().stream();
    }

    /**
     * Ends all sequences of a request and takes back their blocks.
     *
     * @return whether there was such a request
     */
    public boolean cancel(String requestId) {
        SequenceGroup group = groups.remove(requestId);
        if (group == null) {
            return false;
        }
        group.live().forEach(this::leave);
        return true;
    }

    /** Whether any request has not ended, or a step is not read. */
    public boolean hasWork() {
        return !groups.isEmpty() || inFlight.size() > 0;
    }

    /** Reads one step, after launching it or the one behind it; nothing happens when there is no work. */
    public List<TokenDelta> step() {
        if (inFlight.size() == 0 && !launch()) {
            return List.of();
        }
        if (lookahead) {
            launch();
        }
        return collect();
    }

    /**
     * Plans the next step and starts to compute it; false when no sequence wants a token now.
     *
     * @throws IllegalStateException if as many steps are in flight as may be
     */
    public boolean launch() {
        if (inFlight.size() > 0 && !lookahead) {
            throw new IllegalStateException("a step is in flight");
        }
        InFlight.Step step = inFlight.next();
        planner.plan(step.plan());
        if (step.plan().size() == 0) {
            return false;
        }
        step.batch().clear();
        for (int i = 0; i < step.plan().size(); i++) {
            addToBatch(step.batch(), step.plan().sequence(i), step.plan().count(i));
        }
        runner.launch(step.batch());
        inFlight.launched(hadWork);
        hadWork = true;
        advance(step.plan());
        return true;
    }

    private void addToBatch(StepBatch batch, Sequence sequence, int count) {
        int[] table = sequence.table().ids();
        int blocks = sequence.table().size();
        int computed = sequence.computed();
        if (sequence.hasUnread()) {
            batch.addDrawn(sequence.draw(), computed, table, blocks, blockTokens, sequence);
        } else {
            boolean last = count == sequence.remaining();
            batch.add(sequence.tokenIds(), computed, count, table, blocks, blockTokens, last ? sequence : null);
        }
    }

    /** What a launched step will have done counts as done. */
    private void advance(StepPlan plan) {
        int draws = 0;
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(i);
            sequence.advance(plan.count(i));
            if (sequence.remaining() == 0) {
                sequence.expect(draws);
                plan.assignDraw(i, draws++);
            }
            publish(sequence);
        }
    }

    private void publish(Sequence sequence) {
        if (prefixCache) {
            sequence.publishFullBlocks(pool, blockTokens);
        }
    }

    /** Waits for the oldest launched step and gives what it added to each sequence, ends included. */
    public List<TokenDelta> collect() {
        InFlight.Step step = inFlight.oldest();
        StepResult result = runner.await();
        if (result.size() != step.batch().sampled()) {
            throw new IllegalStateException("the model drew " + result.size() + " tokens, not "
                    + step.batch().sampled());
        }
        count(result, inFlight.read());
        StepPlan plan = step.plan();
        computedTokens += plan.tokens();
        lastStep = step.counts();
        swap.cost().observe(lastStep, result.computeNanos());
        List<TokenDelta> deltas = new ArrayList<>(result.size());
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(i);
            int draw = plan.draw(i);
            if (draw >= 0 && !sequence.hasEnded()) {
                deltas.add(read(sequence, result.token(draw), result.logprobs(draw)));
            }
        }
        hadWork = hasWork();
        return deltas;
    }

    private void count(StepResult result, boolean followed) {
        steps++;
        computeNanos += Math.max(0, result.computeNanos());
        // Without work the device idles rightly.
        idleNanos += followed ? Math.max(0, result.idleNanos()) : 0;
    }

    private TokenDelta read(Sequence sequence, int token, @Nullable TokenLogprobs logprobs) {
        SequenceGroup group = groups.get(sequence.request().id());
        if (group == null) {
            throw new IllegalStateException(sequence + " was computed, but its request is unknown");
        }
        if (sequence.isBeforeFirstDraw()) {
            group.takeBehind().forEach(planner::enqueue);
            cachedTokens += sequence.cachedTokens();
        }
        if (token == StepResult.NO_TOKEN) {
            String problem = sequence.limit() == null
                    ? "the model's logits are not finite numbers"
                    : "no token can follow the text so far within the grammar asked for";
            TokenDelta failed = Deltas.ofEnd(sequence, FinishReason.FAILED, problem);
            end(group, sequence);
            return failed;
        }
        sequence.read(token);
        generatedTokens++;
        publish(sequence);
        TokenDelta delta = Deltas.ofLastToken(sequence, logprobs);
        if (delta.finish().isPresent()) {
            end(group, sequence);
        }
        return delta;
    }

    private void end(SequenceGroup group, Sequence sequence) {
        leave(sequence);
        group.live().remove(sequence);
        if (group.live().isEmpty()) {
            groups.remove(sequence.request().id());
        }
    }

    private void leave(Sequence sequence) {
        planner.remove(sequence);
        sequence.end();
        sequences--;
    }

    /**
     * Ends all requests after an error, also one within a step; the engine is good for nothing but {@link #close} then.
     *
     * @return the last delta of each sequence
     */
    public List<TokenDelta> failAll(String message) {
        inFlight.clear();
        return endAll(FinishReason.FAILED, message);
    }

    /**
     * Ends all requests so that they continue elsewhere, and takes back their blocks.
     *
     * @return the last delta of each sequence
     */
    public List<TokenDelta> handOverAll(String message) {
        return endAll(FinishReason.HANDED_OVER, message);
    }

    private List<TokenDelta> endAll(FinishReason reason, String message) {
        List<TokenDelta> deltas = new ArrayList<>();
        for (SequenceGroup group : groups.values()) {
            for (Sequence sequence : group.live()) {
                deltas.add(Deltas.ofEnd(sequence, reason, message));
                leave(sequence);
            }
        }
        groups.clear();
        return deltas;
    }

    /** Forgets all reusable prefixes; running sequences keep their blocks. */
    public void flushPrefixCache() {
        pool.flush();
    }

    /** The hashes of all blocks that can be found in the prefix cache. */
    public List<BlockHash> cachedPrefixes() {
        return pool.known();
    }

    /** Notes from now on how the prefix cache changes. */
    public CacheChanges watchPrefixCache() {
        return pool.watch();
    }

    /** What the step that was read last computed. */
    public StepCounts lastStep() {
        return lastStep;
    }

    /** The most tokens of the steps to come, at most those of the settings. */
    public void limitTokens(int tokens) {
        planner.limitTokens(tokens);
    }

    /** Tokens that prompts and preempted sequences still have to compute, if the cache saves none of them. */
    public long pendingTokens() {
        return planner.pendingTokens();
    }

    public EngineStats stats() {
        int running = planner.running().size();
        return new EngineStats(
                steps,
                pool.used(),
                pool.cached(),
                running,
                sequences - running,
                computedTokens,
                cachedTokens,
                generatedTokens,
                planner.preemptions(),
                pool.evictions(),
                computeNanos,
                idleNanos,
                swap.used(),
                swap.swaps());
    }

    /**
     * Recounts blocks and sequences.
     *
     * @throws IllegalStateException naming the first thing that does not add up
     */
    public void checkIntegrity() {
        pool.checkIntegrity();
        planner.checkIntegrity();
        int live =
                groups.values().stream().mapToInt(group -> group.live().size()).sum();
        if (live != sequences) {
            throw new IllegalStateException(live + " sequences, but " + sequences + " were counted");
        }
    }

    /** Frees the memory of the model and its device. */
    @Override
    public void close() {
        constraints.close();
        runner.close();
    }
}
