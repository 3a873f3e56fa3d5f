package dev.vidda.worker.engine;

import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.TokenLogprobs;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.worker.engine.AddResult.Added;
import dev.vidda.worker.engine.AddResult.Refused;
import dev.vidda.worker.kv.BlockPool;
import dev.vidda.worker.step.ModelRunner;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests on one model, step by step, all of them together.
 *
 * <p>A step is planned and launched by {@link #launch} and read by {@link #collect}; requests come and go between steps.
 * The tokens of a sequence depend on nothing but its request: not on the others, on how its prompt was cut, on what was
 * cached, or on whether it was preempted.
 *
 * <p>Not thread-safe: belongs to one thread, with its runner.
 */
public final class Engine implements AutoCloseable {
    /** The most samples of one request. */
    public static final int MOST_SAMPLES = 128;

    private final ModelRunner runner;
    private final String model;
    private final RequestCheck check;
    private final int blockTokens;
    private final boolean prefixCache;
    private final BlockPool pool;
    private final BatchPlanner planner;
    private final StepPlan plan;
    private final StepBatch batch;
    private final Map<String, SequenceGroup> groups = new HashMap<>();

    private boolean inFlight;
    private int sequences;
    private long arrivals;
    private long steps;
    private long computedTokens;
    private long cachedTokens;
    private long generatedTokens;

    /** @param model the model's name, which keeps its blocks' hashes apart from those of other models */
    public Engine(ModelRunner runner, String model, EngineSettings settings) {
        this.runner = runner;
        this.model = model;
        check = new RequestCheck(runner);
        blockTokens = runner.kvShape().blockTokens();
        prefixCache = settings.prefixCache();
        pool = new BlockPool(runner.kvBlocks());
        planner = new BatchPlanner(pool, blockTokens, settings);
        plan = new StepPlan(settings.maxBatchSequences());
        batch = new StepBatch(settings.maxBatchTokens(), settings.maxBatchSequences());
    }

    public ModelRunner runner() {
        return runner;
    }

    /** Takes a request, which will run when its turn comes, or says why it never can. */
    public AddResult add(GenerationRequest request) {
        if (groups.containsKey(request.id())) {
            return new Refused("a request with the id " + request.id() + " is running already");
        }
        Optional<String> problem = check.problem(request);
        if (problem.isPresent()) {
            return new Refused(problem.get());
        }
        BlockHash root = BlockHash.root(model, request.cacheSalt());
        long arrival = arrivals++;
        List<Sequence> samples = new ArrayList<>(request.samples());
        for (int choice = 0; choice < request.samples(); choice++) {
            samples.add(new Sequence(request, choice, arrival, check.lengthLimit(request), root, blockTokens));
        }
        groups.put(request.id(), new SequenceGroup(samples));
        sequences += samples.size();
        planner.enqueue(samples.getFirst());
        return new Added();
    }

    /**
     * Ends all sequences of a request and takes back their blocks.
     *
     * @return whether there was such a request
     * @throws IllegalStateException between {@link #launch} and {@link #collect}
     */
    public boolean cancel(String requestId) {
        requireInFlight(false);
        SequenceGroup group = groups.remove(requestId);
        if (group == null) {
            return false;
        }
        group.live().forEach(planner::remove);
        sequences -= group.live().size();
        return true;
    }

    /** Whether any request has not ended. */
    public boolean hasWork() {
        return !groups.isEmpty();
    }

    /** Runs one step from start to end; nothing happens when there is no work. */
    public List<TokenDelta> step() {
        return launch() ? collect() : List.of();
    }

    /** Plans the next step and starts to compute it; false when there is no work. */
    public boolean launch() {
        requireInFlight(false);
        planner.plan(plan);
        if (plan.size() == 0) {
            return false;
        }
        batch.clear();
        for (int i = 0; i < plan.size(); i++) {
            addToBatch(plan.sequence(i), plan.count(i));
        }
        inFlight = true;
        runner.launch(batch);
        return true;
    }

    private void addToBatch(Sequence sequence, int count) {
        batch.add(
                sequence.tokenIds(),
                sequence.computed(),
                count,
                sequence.table().ids(),
                sequence.table().size(),
                blockTokens,
                count == sequence.remaining() ? sequence : null);
    }

    /** Waits for the launched step and gives what it added to each sequence, ends included. */
    public List<TokenDelta> collect() {
        requireInFlight(true);
        StepResult result = runner.await();
        if (result.size() != batch.sampled()) {
            throw new IllegalStateException("the model drew " + result.size() + " tokens, not " + batch.sampled());
        }
        inFlight = false;
        steps++;
        computedTokens += plan.tokens();
        List<TokenDelta> deltas = new ArrayList<>(result.size());
        int drawn = 0;
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(i);
            sequence.advance(plan.count(i));
            if (prefixCache) {
                sequence.publishFullBlocks(pool, blockTokens);
            }
            if (sequence.remaining() == 0) {
                deltas.add(append(sequence, result.token(drawn), result.logprobs(drawn)));
                drawn++;
            }
        }
        return deltas;
    }

    private TokenDelta append(Sequence sequence, int token, @Nullable TokenLogprobs logprobs) {
        SequenceGroup group = groups.get(sequence.request().id());
        if (group == null) {
            throw new IllegalStateException(sequence + " was computed, but its request is unknown");
        }
        int index = sequence.generated();
        if (index == 0) {
            group.takeBehind().forEach(planner::enqueue);
            cachedTokens += sequence.cachedTokens();
        }
        if (token == StepResult.NO_TOKEN) {
            Finish failed = finish(sequence, FinishReason.FAILED, -1, "the model's logits are not finite numbers");
            end(group, sequence);
            return new TokenDelta(
                    sequence.request().id(), sequence.choice(), index, TokenIds.EMPTY, List.of(), Optional.of(failed));
        }
        sequence.append(token);
        generatedTokens++;
        Optional<Finish> finish = finishAfter(sequence, token);
        if (finish.isPresent()) {
            end(group, sequence);
        }
        return new TokenDelta(
                sequence.request().id(),
                sequence.choice(),
                index,
                TokenIds.of(token),
                logprobs == null ? List.of() : List.of(logprobs),
                finish);
    }

    private static Optional<Finish> finishAfter(Sequence sequence, int token) {
        if (sequence.generated() >= sequence.sampling().minTokens() && sequence.isStopToken(token)) {
            return Optional.of(finish(sequence, FinishReason.STOP, token, ""));
        }
        return sequence.length() == sequence.lengthLimit()
                ? Optional.of(finish(sequence, FinishReason.LENGTH, -1, ""))
                : Optional.empty();
    }

    private static Finish finish(Sequence sequence, FinishReason reason, int stopToken, String message) {
        return new Finish(reason, stopToken, sequence.cachedTokens(), sequence.preemptions(), message);
    }

    private void end(SequenceGroup group, Sequence sequence) {
        planner.remove(sequence);
        group.live().remove(sequence);
        sequences--;
        if (group.live().isEmpty()) {
            groups.remove(sequence.request().id());
        }
    }

    /**
     * Ends all requests after an error, also one within a step; the engine is good for nothing but {@link #close} then.
     *
     * @return the last delta of each sequence
     */
    public List<TokenDelta> failAll(String message) {
        inFlight = false;
        List<TokenDelta> deltas = new ArrayList<>();
        for (SequenceGroup group : groups.values()) {
            for (Sequence sequence : group.live()) {
                Finish failed = finish(sequence, FinishReason.FAILED, -1, message);
                deltas.add(new TokenDelta(
                        sequence.request().id(),
                        sequence.choice(),
                        sequence.generated(),
                        TokenIds.EMPTY,
                        List.of(),
                        Optional.of(failed)));
                planner.remove(sequence);
            }
        }
        groups.clear();
        sequences = 0;
        return deltas;
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
                pool.evictions());
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
        runner.close();
    }

    private void requireInFlight(boolean expected) {
        if (inFlight != expected) {
            throw new IllegalStateException(expected ? "no step was launched" : "a step is in flight");
        }
    }
}
