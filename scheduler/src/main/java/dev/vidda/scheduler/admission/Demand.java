package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.protocol.kv.KvCost;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.scheduler.ledger.Claim;
import dev.vidda.scheduler.ledger.OutputLengths;
import dev.vidda.scheduler.placement.Work;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks of any worker, worked out once. Of the hashes of its prompt only halves are kept, which is all that is
 * looked up: tens of thousands of requests wait or run, and each has as many hashes as its prompt has blocks.
 */
final class Demand {
    private final AdmissionRequest request;
    private final long[] hashes;
    private final OutputLengths.Expected expected;
    private final long itlTargetMillis;
    private long @Nullable [] keys;
    private int blockTokens;
    private boolean waitsForPace = true;
    private @Nullable Claim claim;
    private final Work plain;

    /**
     * Works it out.
     *
     * @param expected of each sample
     * @param itlTargetMillis time between two tokens that is to be kept; 0 for none
     */
    Demand(AdmissionRequest request, OutputLengths.Expected expected, long itlTargetMillis) {
        this.request = request.withoutHashes();
        this.hashes = lowHalves(request);
        this.expected = expected;
        this.itlTargetMillis = itlTargetMillis;
        this.plain = workWith(0);
    }

    /** The request but for its hashes. */
    AdmissionRequest request() {
        return request;
    }

    /** Whether it is what this request asks for. */
    boolean isOf(AdmissionRequest other) {
        return request.equals(other.withoutHashes()) && Arrays.equals(hashes, lowHalves(other));
    }

    /** Whether the prompts have a beginning in common that a cache could hold. */
    boolean beginsLike(Demand other) {
        return hashes.length > 0 && other.hashes.length > 0 && hashes[0] == other.hashes[0];
    }

    /** New tokens that each sample has on average. */
    double meanTokens() {
        return expected.mean();
    }

    /** Whether it does not run where somebody's time between two tokens would get longer than asked for. */
    boolean waitsForPace() {
        return waitsForPace;
    }

    void stopWaitingForPace() {
        waitsForPace = false;
    }

    /** The most tokens that one of its sequences can have. */
    long tokens() {
        return (long) request.promptTokens() + request.maxNewTokens();
    }

    /** Time to first token that it asks for, or 0: one that lost its worker may have had that token long ago. */
    long ttftTargetMillis() {
        return request.avoidedWorkers().isEmpty() ? request.patience().ttftTargetMillis() : 0;
    }

    /** Whether a first token after so long is later than it asks for. */
    boolean isLate(double millis) {
        return ttftTargetMillis() > 0 && millis > ttftTargetMillis();
    }

    /** Tokens that serving it takes, as far as one knows before, those that a cache saves left out. */
    double cost(int savedTokens) {
        return request.promptTokens() - savedTokens + meanTokens() * request.samples();
    }

    /** Names of the prompt's blocks that a cache may hold, in order. */
    long[] keys(KvShape shape) {
        work(shape);
        return keys == null ? Claim.NO_PREFIX : keys;
    }

    Claim claim(KvShape shape) {
        work(shape);
        return claim == null ? Claim.alone(1) : claim;
    }

    /** What a worker would have to do that has so many of the prompt's blocks. */
    Work work(KvShape shape, int cachedBlocks) {
        int saved = savedTokens(shape, cachedBlocks);
        return saved == 0 ? plain : workWith(saved);
    }

    /** What of the prompt a worker need not compute that has so many of its blocks. */
    int savedTokens(KvShape shape, int cachedBlocks) {
        return Math.min(cachedBlocks * shape.blockTokens(), request.promptTokens() - 1);
    }

    private Work workWith(int saved) {
        double kvTokens = request.promptTokens() + request.samples() * meanTokens() / 2;
        return new Work(request.promptTokens(), saved, request.samples(), kvTokens, meanTokens(), itlTargetMillis);
    }

    /** Workers of one model nearly always have blocks of the same size, so what was worked out last is kept. */
    private void work(KvShape shape) {
        if (shape.blockTokens() == blockTokens) {
            return;
        }
        blockTokens = shape.blockTokens();
        // The last token of a prompt is always computed, so the block that holds it is never taken from a cache.
        int usable = (request.promptTokens() - 1) / blockTokens;
        long[] found = usable < hashes.length ? Arrays.copyOf(hashes, usable) : hashes;
        keys = found;
        int most = blocks(shape, request.maxNewTokens());
        int committed = request.guaranteed() ? most : Math.min(most, blocks(shape, expected.committed()));
        double spread = expected.deviation() / blockTokens;
        double variance = committed == most ? 0 : request.samples() * spread * spread;
        claim = new Claim(committed, most, strides(found), variance);
    }

    private int blocks(KvShape shape, int newTokens) {
        return KvCost.blocks(shape, request.promptTokens(), newTokens, request.samples());
    }

    private static long[] lowHalves(AdmissionRequest request) {
        List<BlockHash> hashes = request.prefixHashes();
        long[] halves = new long[hashes.size()];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = hashes.get(i).low();
        }
        return halves;
    }

    private static long[] strides(long[] keys) {
        long[] strides = new long[keys.length / Claim.STRIDE];
        for (int i = 0; i < strides.length; i++) {
            strides[i] = keys[(i + 1) * Claim.STRIDE - 1];
        }
        return strides;
    }
}
