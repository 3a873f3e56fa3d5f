package dev.vidda.worker.engine;

import dev.vidda.protocol.DeviceHealth;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.TokenLogprobs;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.step.HostBlocks;
import dev.vidda.worker.step.ModelRunner;
import dev.vidda.worker.step.SampleState;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A model whose next token is a hash of all tokens before it, read through the block tables it is given: its KV cache
 * holds token ids and positions. A wrong block, a block overwritten too early or a chunk left out gives another token,
 * or is noticed at once.
 */
public final class FakeRunner implements ModelRunner {
    /** A prompt with this token has logits that are not numbers. */
    public static final int POISON = 99;

    public static final int VOCAB = 100;

    private final KvShape shape;
    private final int blocks;
    private final int maxModelLength;
    private final int[] slotTokens;
    private final int[] slotPositions;
    private final int[] writtenBy;
    private final ArrayDeque<StepResult> launched = new ArrayDeque<>();
    private StepResult result = new StepResult(1024);
    private StepResult before = result;
    private boolean gainsByLookahead;
    private HostBlocks hostBlocks = HostBlocks.NONE;
    private Optional<DeviceHealth> health = Optional.empty();
    private boolean closed;
    private long steps;
    private long failAtStep = Long.MAX_VALUE;
    private Runnable beforeStep = () -> {};

    public FakeRunner(int blocks, int blockTokens, int maxModelLength) {
        this.blocks = blocks;
        this.maxModelLength = maxModelLength;
        shape = new KvShape(1, 1, 4, blockTokens, 0);
        slotTokens = new int[blocks * blockTokens];
        slotPositions = new int[blocks * blockTokens];
        writtenBy = new int[blocks * blockTokens];
        Arrays.fill(slotPositions, -1);
    }

    /** The step with this number, from 0, throws. */
    public FakeRunner failingAt(long step) {
        failAtStep = step;
        return this;
    }

    /** Wants each step to be launched before the one before it is read. */
    public FakeRunner withLookahead() {
        gainsByLookahead = true;
        return this;
    }

    /** Has room for so many blocks on the host. */
    public FakeRunner withHostBlocks(int size) {
        hostBlocks = new FakeHostBlocks(size);
        return this;
    }

    /** Copies of slots' tokens and positions. */
    private final class FakeHostBlocks implements HostBlocks {
        private final int[] tokens;
        private final int[] positions;

        FakeHostBlocks(int size) {
            tokens = new int[size * shape.blockTokens()];
            positions = new int[size * shape.blockTokens()];
        }

        @Override
        public int size() {
            return tokens.length / shape.blockTokens();
        }

        @Override
        public double secondsPerBlock() {
            return 1e-9;
        }

        @Override
        public void store(int block, int slot) {
            int length = shape.blockTokens();
            System.arraycopy(slotTokens, block * length, tokens, slot * length, length);
            System.arraycopy(slotPositions, block * length, positions, slot * length, length);
        }

        @Override
        public void load(int slot, int block) {
            int length = shape.blockTokens();
            System.arraycopy(tokens, slot * length, slotTokens, block * length, length);
            System.arraycopy(positions, slot * length, slotPositions, block * length, length);
        }

        @Override
        public void close() {}
    }

    /** Has sensors that say this. */
    public FakeRunner withHealth(DeviceHealth read) {
        health = Optional.of(read);
        return this;
    }

    /** Runs at the start of each step. */
    public FakeRunner beforeEachStep(Runnable action) {
        beforeStep = action;
        return this;
    }

    public boolean isClosed() {
        return closed;
    }

    /** What a sample must generate, whatever else runs: from the definition, with no cache and no batch. */
    public static int[] expected(GenerationRequest request, int choice, int maxModelLength) {
        List<Integer> generated = new ArrayList<>();
        long hash = 0;
        for (int token : request.prompt().toArray()) {
            hash = mix(hash, token);
        }
        long seed = request.sampling().seed() + choice;
        while (generated.size() < request.sampling().maxTokens()
                && request.prompt().size() + generated.size() < maxModelLength) {
            int token = next(hash, seed, generated.size());
            generated.add(token);
            hash = mix(hash, token);
            if (generated.size() >= request.sampling().minTokens()
                    && request.sampling().stopTokens().contains(token)) {
                break;
            }
        }
        return generated.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int next(long hash, long seed, int index) {
        return (int) Long.remainderUnsigned(mix(mix(hash, (int) seed), index), POISON);
    }

    private static long mix(long hash, int value) {
        long mixed = (hash ^ value) * 0x9E3779B97F4A7C15L + value;
        return mixed ^ mixed >>> 29;
    }

    @Override
    public void launch(StepBatch batch) {
        check(!closed, "launched after close");
        check(launched.size() < (gainsByLookahead ? 2 : 1), "launched too often");
        check(!batch.isEmpty(), "launched with an empty batch");
        beforeStep.run();
        if (steps++ == failAtStep) {
            throw new IllegalStateException("the device fell over");
        }
        before = result;
        result = new StepResult(1024);
        launched.add(result);
        write(batch);
        int sampled = 0;
        for (int s = 0; s < batch.sequences(); s++) {
            long hash = read(batch, s);
            boolean isSampled =
                    sampled < batch.sampled() && batch.sampleRows()[sampled] == batch.queryStarts()[s + 1] - 1;
            if (isSampled) {
                draw(batch, s, batch.samples()[sampled++], hash);
            }
        }
        check(sampled == batch.sampled(), "rows to sample are out of order");
    }

    private void write(StepBatch batch) {
        Arrays.fill(writtenBy, -1);
        for (int s = 0; s < batch.sequences(); s++) {
            check(batch.queryStarts()[s + 1] > batch.queryStarts()[s], "a sequence without rows");
            for (int row = batch.queryStarts()[s]; row < batch.queryStarts()[s + 1]; row++) {
                int slot = batch.slots()[row];
                check(writtenBy[slot] == -1, "two rows write slot " + slot);
                writtenBy[slot] = s;
                slotTokens[slot] = token(batch, row);
                slotPositions[slot] = batch.positions()[row];
            }
        }
    }

    private int token(StepBatch batch, int row) {
        int id = batch.tokenIds()[row];
        if (id >= 0) {
            return id;
        }
        check(gainsByLookahead && launched.size() == 2, "the step before was read: its tokens are known");
        check(~id < before.size(), "row " + row + " takes a token that was not drawn");
        return before.token(~id);
    }

    /** Reads the whole context of a sequence through its block table. */
    private long read(StepBatch batch, int s) {
        int rows = batch.queryStarts()[s + 1] - batch.queryStarts()[s];
        int first = batch.contexts()[s] - rows;
        long hash = 0;
        for (int position = 0; position < batch.contexts()[s]; position++) {
            int block = batch.blockIds()[batch.blockStarts()[s] + position / shape.blockTokens()];
            check(block >= 0 && block < blocks, "block " + block + " of " + blocks);
            int slot = block * shape.blockTokens() + position % shape.blockTokens();
            check(
                    slotPositions[slot] == position,
                    "slot " + slot + " holds position " + slotPositions[slot] + ", not " + position);
            check(writtenBy[slot] == (position < first ? -1 : s), "slot " + slot + " is written by another sequence");
            hash = mix(hash, slotTokens[slot]);
        }
        return hash;
    }

    private void draw(StepBatch batch, int s, SampleState state, long hash) {
        check(state.length() == batch.contexts()[s], "sampled before its last token");
        check(state.generated() == state.length() - state.promptLength(), "wrong number of generated tokens");
        boolean poisoned = false;
        for (int i = 0; i < state.length(); i++) {
            int block = batch.blockIds()[batch.blockStarts()[s] + i / shape.blockTokens()];
            int token = slotTokens[block * shape.blockTokens() + i % shape.blockTokens()];
            boolean unread = i == state.length() - 1 && batch.tokenIds()[batch.queryStarts()[s + 1] - 1] < 0;
            check(unread || token == state.tokenIds()[i], "position " + i + " holds another sequence's token");
            poisoned |= token == POISON || token < 0;
        }
        int token = poisoned ? StepResult.NO_TOKEN : next(hash, state.seed(), state.generated());
        boolean wanted = state.sampling().topLogprobs() >= 0;
        result.add(token, wanted ? new TokenLogprobs(-token, TokenIds.EMPTY, List.of()) : null);
    }

    @Override
    public StepResult await() {
        check(!launched.isEmpty(), "nothing was launched");
        return launched.remove();
    }

    @Override
    public boolean gainsByLookahead() {
        return gainsByLookahead;
    }

    @Override
    public HostBlocks hostBlocks(long bytes) {
        return hostBlocks;
    }

    @Override
    public Optional<DeviceHealth> health() {
        return health;
    }

    @Override
    public String device() {
        return "fake";
    }

    @Override
    public KvShape kvShape() {
        return shape;
    }

    @Override
    public int kvBlocks() {
        return blocks;
    }

    @Override
    public int vocabSize() {
        return VOCAB;
    }

    @Override
    public int maxModelLength() {
        return maxModelLength;
    }

    @Override
    public void close() {
        check(!closed, "closed twice");
        closed = true;
    }

    private static void check(boolean holds, String problem) {
        if (!holds) {
            throw new AssertionError(problem);
        }
    }
}
