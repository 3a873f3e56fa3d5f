package dev.vidda.worker.engine;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.GenerationRequest.Continuation;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.worker.constraint.TokenConstraint;
import dev.vidda.worker.kv.BlockPool;
import dev.vidda.worker.kv.BlockTable;
import dev.vidda.worker.kv.HashChain;
import dev.vidda.worker.step.DrawLimit;
import dev.vidda.worker.step.SampleState;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One sample of one request: its tokens, its blocks, and how far its keys and values are computed.
 *
 * <p>A launched step counts as done: what it computes is computed, and a token that it draws has its place, though nobody
 * has read it yet. Of {@link #length()} tokens the first {@link #known()} are known.
 */
final class Sequence implements SampleState {
    /** By arrival of the request; the samples of one request in their order. */
    static final Comparator<Sequence> BY_ARRIVAL =
            Comparator.<Sequence>comparingLong(s -> s.arrival).thenComparingInt(s -> s.choice);

    private static final int ROOM_AT_FIRST = 64;

    private final GenerationRequest request;
    private final int choice;
    private final long arrival;
    private final int promptLength;
    private final int startLength;
    private final int lengthLimit;
    private final int[] stopTokens;
    private final BlockTable table = new BlockTable();
    private final BlockTable hostSlots = new BlockTable();
    private final HashChain hashes;
    private final @Nullable TokenConstraint constraint;

    private int[] tokens;
    private int known;
    private int unread;
    private int draw;
    private int computed;
    private int published;
    private int onHost;
    private boolean started;
    private boolean ended;
    private boolean guaranteed;
    private int cachedTokens;
    private int preemptions;

    /**
     * @param sample which sample of the request, with the tokens it got elsewhere
     * @param arrival number of the request in order of arrival
     * @param lengthLimit prompt and generated tokens at which it ends; more than it has now
     * @param constraint what its text must be, or null
     */
    Sequence(
            GenerationRequest request,
            Continuation sample,
            long arrival,
            int lengthLimit,
            BlockHash root,
            int blockTokens,
            @Nullable TokenConstraint constraint) {
        this.request = request;
        this.choice = sample.choice();
        this.arrival = arrival;
        this.lengthLimit = lengthLimit;
        stopTokens = request.sampling().stopTokens().stream()
                .mapToInt(Integer::intValue)
                .toArray();
        promptLength = request.prompt().size();
        startLength = promptLength + sample.generated().size();
        tokens = Arrays.copyOf(request.prompt().toArray(), Math.min(lengthLimit, startLength + ROOM_AT_FIRST));
        sample.generated().copyTo(0, tokens, promptLength, sample.generated().size());
        known = startLength;
        hashes = new HashChain(root, blockTokens);
        this.constraint = constraint;
        if (constraint != null) {
            constraint.follow(this);
        }
    }

    /** A sequence whose text may be anything. */
    Sequence(
            GenerationRequest request,
            Continuation sample,
            long arrival,
            int lengthLimit,
            BlockHash root,
            int blockTokens) {
        this(request, sample, arrival, lengthLimit, root, blockTokens, null);
    }

    GenerationRequest request() {
        return request;
    }

    int choice() {
        return choice;
    }

    BlockTable table() {
        return table;
    }

    /** Tokens whose keys and values lie in the blocks, or will when the launched steps are done. */
    int computed() {
        return computed;
    }

    /** Tokens to compute before the next one can be drawn; 1 for a sequence that only decodes. */
    int remaining() {
        return length() - computed;
    }

    /** Whether no further token is wanted, though the last one may be unread. */
    boolean isComplete() {
        return length() == lengthLimit;
    }

    /** Tokens that were read: prompt and generated ones. */
    int known() {
        return known;
    }

    /** Generated tokens that were read. */
    int knownGenerated() {
        return known - promptLength;
    }

    /** Whether the last token is on its way from the step launched last. */
    boolean hasUnread() {
        return unread > 0;
    }

    /** Whether the last token must be read before the next can be drawn. */
    boolean waitsForRead() {
        return constraint != null && hasUnread();
    }

    /** Whether its next draw is limited in a way that is not known yet. */
    boolean waitsForLimit() {
        return constraint != null && !constraint.isReady();
    }

    /** Whether nothing can follow its text. */
    boolean isAtEndOfGrammar() {
        return constraint != null && constraint.isComplete();
    }

    /** Which of the tokens drawn by the last step that drew one for it was its own. */
    int draw() {
        return draw;
    }

    /** Whether it has ended: what launched steps still compute of it is dropped. */
    boolean hasEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    /** Whether no token that was drawn here was read yet. */
    boolean isBeforeFirstDraw() {
        return known == startLength;
    }

    int lengthLimit() {
        return lengthLimit;
    }

    boolean isStopToken(int token) {
        for (int stopToken : stopTokens) {
            if (stopToken == token) {
                return true;
            }
        }
        return false;
    }

    int preemptions() {
        return preemptions;
    }

    int cachedTokens() {
        return cachedTokens;
    }

    /** Whether it has computed anything since it last got blocks. */
    boolean hasStarted() {
        return started;
    }

    BlockHash hash(int block) {
        return hashes.at(block, tokens);
    }

    /** The keys and values of the first {@code count} tokens were found in the cache. */
    void reuse(int count, int blocks) {
        computed = count;
        published = blocks;
        if (preemptions == 0) {
            cachedTokens = Math.min(count, promptLength);
        }
    }

    /** A launched step computes its next {@code count} tokens. */
    void advance(int count) {
        computed += count;
        started = true;
    }

    /** A launched step draws its next token, as the {@code index}-th of that step. */
    void expect(int index) {
        unread++;
        draw = index;
    }

    /** Makes the blocks known that are full of computed and known tokens, and were not known yet. */
    void publishFullBlocks(BlockPool pool, int blockTokens) {
        for (; (published + 1) * blockTokens <= Math.min(computed, known); published++) {
            pool.publish(table.get(published), hash(published));
        }
    }

    /** The oldest unread token is read. */
    void read(int token) {
        if (known == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.min(lengthLimit, 2 * known));
        }
        tokens[known++] = token;
        unread--;
        if (constraint != null) {
            constraint.follow(this);
        }
    }

    /** Where its keys and values lie in the host's memory, block by block; empty if they do not. */
    BlockTable hostSlots() {
        return hostSlots;
    }

    /** All that is computed was copied to the host. */
    void keepOnHost() {
        onHost = computed;
    }

    /** Tokens that a step would have to compute anew before it only decodes; none once it does. */
    int pending() {
        int left = length() - Math.max(computed, onHost);
        return left > 1 ? left : 0;
    }

    /** It keeps its blocks until its end, whoever wants them. */
    void guarantee() {
        guaranteed = true;
    }

    boolean isGuaranteed() {
        return guaranteed;
    }

    /** What was copied to the host is in its blocks again. */
    void restore() {
        if (onHost > computed) {
            computed = onHost;
            started = true;
        }
        onHost = 0;
    }

    /** It lost its blocks and starts anew, with all tokens it has. */
    void preempted() {
        preemptions++;
        computed = 0;
        published = 0;
        started = false;
    }

    @Override
    public Sampling sampling() {
        return request.sampling();
    }

    @Override
    public @Nullable DrawLimit limit() {
        return constraint;
    }

    @Override
    public long seed() {
        return request.sampling().seed() + choice;
    }

    @Override
    public int generated() {
        return length() - promptLength;
    }

    @Override
    public int[] tokenIds() {
        return tokens;
    }

    @Override
    public int promptLength() {
        return promptLength;
    }

    @Override
    public int length() {
        return known + unread;
    }

    @Override
    public String toString() {
        return request.id() + "/" + choice;
    }
}
