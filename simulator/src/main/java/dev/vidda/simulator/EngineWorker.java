package dev.vidda.simulator;

import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.engine.AddResult;
import dev.vidda.worker.engine.Engine;
import dev.vidda.worker.engine.EngineSettings;
import dev.vidda.worker.engine.EngineStats;
import dev.vidda.worker.kv.CacheChanges;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A worker that runs the real engine with its real KV pool, on a device whose steps take as long as a table says. */
final class EngineWorker implements SimWorker {
    private static final double HEADROOM = 0.01;
    private static final int MOST_PREEMPTIONS = 3;

    private final WorkerCard card;
    private final TableRunner runner;
    private final Engine engine;
    private final CacheChanges cacheChanges;
    private final Map<String, SimRequest> requests = new HashMap<>();
    private final WorkerNews news;
    private List<TokenDelta> deltas = List.of();
    private long stepEnd = NEVER;
    private long reports;
    private long addedTokens;

    EngineWorker(int number, WorkerShape shape) {
        card = shape.card(number);
        news = new WorkerNews(card.workerId());
        runner = new TableRunner(shape);
        engine = new Engine(
                runner,
                Simulation.MODEL,
                new EngineSettings(
                        shape.maxBatchTokens(),
                        shape.maxSequences(),
                        shape.oldestPrefillShare(),
                        MOST_PREEMPTIONS,
                        HEADROOM,
                        true));
        cacheChanges = engine.watchPrefixCache();
    }

    @Override
    public WorkerCard card() {
        return card;
    }

    @Override
    public void start(SimRequest request, long nanos) {
        TokenIds known = tokens(request);
        Sampling sampling = drawnBy(request.number, request.outputTokens - request.generated);
        GenerationRequest generation = new GenerationRequest(request.id, known, 1, sampling, "");
        if (engine.add(generation) instanceof AddResult.Refused refused) {
            throw new IllegalStateException(refused.message());
        }
        addedTokens += request.length();
        runner.knows(request);
        requests.put(request.id, request);
        news.started(request);
        if (stepEnd == NEVER) {
            step(nanos);
        }
    }

    private static TokenIds tokens(SimRequest request) {
        int[] known = new int[request.length()];
        for (int i = 0; i < known.length; i++) {
            known[i] = request.token(i, TableRunner.VOCABULARY);
        }
        return TokenIds.of(known);
    }

    /** The hashes of the full blocks of a request's tokens, as the engine computes them. */
    static List<BlockHash> hashes(SimRequest request) {
        return BlockHash.chain(Simulation.MODEL, "", tokens(request), KvShape.DEFAULT_BLOCK_TOKENS);
    }

    /** The seed tells the device whose token it is to name. */
    private static Sampling drawnBy(long seed, int tokens) {
        return new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), seed, List.of(), 0, tokens, -1);
    }

    @Override
    public long next() {
        return stepEnd;
    }

    @Override
    public void advance(long nanos, Listener listener) {
        while (stepEnd <= nanos) {
            long now = stepEnd;
            for (TokenDelta delta : deltas) {
                take(delta, now, listener);
            }
            step(now);
        }
    }

    private void step(long now) {
        if (!engine.hasWork()) {
            stepEnd = NEVER;
            deltas = List.of();
            return;
        }
        deltas = engine.step();
        stepEnd = now + runner.stepNanos();
        if (news.wantsSample()) {
            news.step(runner.sample());
        }
    }

    private void take(TokenDelta delta, long now, Listener listener) {
        SimRequest request = Objects.requireNonNull(requests.get(delta.requestId()));
        request.generated += delta.tokens().size();
        if (request.firstTokenNanos < 0 && delta.tokens().size() > 0) {
            listener.firstToken(request, now);
        }
        Optional<Finish> finish = delta.finish();
        if (finish.isPresent()) {
            request.cachedTokens = finish.get().cachedTokens();
            request.preemptions += finish.get().preemptions();
            requests.remove(request.id);
            runner.forgets(request);
            news.ended(request);
            listener.ended(request, now);
        }
    }

    @Override
    public List<SimRequest> fail() {
        List<SimRequest> lost = new ArrayList<>(requests.values());
        lost.sort(Comparator.comparingInt(request -> request.number));
        requests.clear();
        engine.failAll("lost");
        stepEnd = NEVER;
        return lost;
    }

    @Override
    public WorkerReport report() {
        EngineStats stats = engine.stats();
        return news.report(
                stats.steps(),
                new BlockCounts(stats.usedBlocks(), stats.cachedBlocks(), 0),
                new SequenceCounts(stats.running(), stats.waiting(), stats.preemptions(), engine.pendingTokens()),
                new TokenCounts(stats.computedTokens(), stats.cachedTokens(), stats.generatedTokens()));
    }

    /** Prompt tokens that are still to be computed; less than none by as much as was computed twice. */
    private long ahead(EngineStats stats) {
        return addedTokens - (stats.computedTokens() + stats.cachedTokens() - runner.decodedRows());
    }

    @Override
    public PrefixChanges prefixChanges() {
        CacheChanges.Changes changes = cacheChanges.take();
        return new PrefixChanges(card.workerId(), reports++, changes.added(), changes.evicted());
    }

    @Override
    public Totals totals() {
        EngineStats stats = engine.stats();
        return new Totals(
                stats.steps(),
                stats.computedTokens(),
                stats.preemptions(),
                Math.max(0, -ahead(stats)),
                stats.usedBlocks());
    }
}
