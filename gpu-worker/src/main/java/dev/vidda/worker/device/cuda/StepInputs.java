package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.step.StepBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Everything that varies between steps, as arrays at fixed places of one block of memory: filled in pinned memory, copied
 * to the GPU in one piece. Captured launches find every value where it always is.
 *
 * <p>Beside the batch's own arrays it holds what attention works on: sequences with one row are cut into chunks of their
 * context ({@link Chunks}), the rows of others into tiles.
 */
final class StepInputs {
    /** Tensor-core rows of a tile: rows of the batch times query heads of a group. */
    static final int TILE_ROWS = 128;

    /** Ints of {@code struct Chunk} of the kernels. */
    private static final int CHUNK_INTS = 8;

    /** An array in the block. */
    record Field(long offset) {}

    private final int maxSequences;
    private final int group;
    private long end;

    final Field tokenIds;
    final Field positions;
    final Field slots;
    final Field queryStarts;
    final Field contexts;
    final Field blockStarts;
    final Field sampleRows;
    final Field chunkCount;
    final Field tileSequences;
    final Field tileRows;
    final Field count;
    final Field temperature;
    final Field topP;
    final Field limit;
    final Field topK;
    final Field seeds;
    final Field indices;
    final Field adjustments;
    final Field chunks;
    final Field blockIds;
    final Field entries;
    final Field allowed;

    /** Two, because a step's copy may be on its way while the next one is filled. */
    private final PinnedMemory[] pinned;

    private final Scratch device;
    private final SampleInputs samples;
    private MemorySegment host;
    private int current;
    private int decoding;
    private int tiles;

    /**
     * The most of everything.
     *
     * @param rows of a step
     * @param sequences of a step
     * @param blocks entries of all block tables together
     * @param chunks of all decoding sequences together
     * @param vocabulary logits of a row
     */
    record Sizes(int rows, int sequences, long blocks, long chunks, int vocabulary) {}

    /** @param group query heads of a key/value head */
    StepInputs(Context context, LiveBytes live, Sizes sizes, int group) {
        int maxRows = sizes.rows();
        int vocabulary = sizes.vocabulary();
        long maxBlocks = sizes.blocks();
        long maxChunks = sizes.chunks();
        maxSequences = sizes.sequences();
        this.group = group;
        seeds = field(2L * maxSequences);
        tokenIds = field(maxRows);
        positions = field(maxRows);
        slots = field(maxRows);
        queryStarts = field(maxSequences + 1L);
        contexts = field(maxSequences);
        blockStarts = field(maxSequences);
        sampleRows = field(maxSequences);
        chunkCount = field(1);
        int maxTiles = maxRows / (TILE_ROWS / group) + maxSequences;
        tileSequences = field(maxTiles);
        tileRows = field(maxTiles);
        count = field(1);
        temperature = field(maxSequences);
        topP = field(maxSequences);
        limit = field(maxSequences);
        topK = field(maxSequences);
        indices = field(maxSequences);
        adjustments = field((long) SampleInputs.ADJUSTMENT_INTS * maxSequences);
        chunks = field(CHUNK_INTS * maxChunks);
        blockIds = field(maxBlocks);
        entries = field(2L * SampleInputs.MOST_ENTRIES * maxSequences);
        allowed = field(2L * SampleInputs.allowedWords(vocabulary) * maxSequences);
        samples = new SampleInputs(this, vocabulary);
        pinned = new PinnedMemory[] {new PinnedMemory(context, end), new PinnedMemory(context, end)};
        host = pinned[0].segment();
        device = new Scratch(live, DeviceMemory.allocate(context, end));
    }

    private Field field(long ints) {
        Field field = new Field(end);
        end = (end + ints * Integer.BYTES + 127) / 128 * 128;
        return field;
    }

    /** Address of an array on the GPU. */
    long address(Field field) {
        return device.address() + field.offset();
    }

    /** Sequences with one row in the last filled batch. */
    int decoding() {
        return decoding;
    }

    /** Tiles of the sequences with more rows. */
    int tiles() {
        return tiles;
    }

    /**
     * Writes a batch and starts its copy to the GPU. The batch before the last one filled in must have been copied.
     *
     * @param rows rows the step will compute, at least the batch's; those that follow belong to no sequence
     */
    void fill(Context context, StepBatch batch, int rows) {
        current = 1 - current;
        host = pinned[current].segment();
        int tokens = batch.tokens();
        int sequences = batch.sequences();
        put(tokenIds, batch.tokenIds(), tokens);
        put(positions, batch.positions(), tokens);
        put(slots, batch.slots(), tokens);
        for (int i = tokens; i < rows; i++) {
            put(tokenIds, i, 0);
            put(positions, i, 0);
            put(slots, i, -1);
        }
        put(queryStarts, batch.queryStarts(), sequences + 1);
        put(contexts, batch.contexts(), sequences);
        put(blockStarts, batch.blockStarts(), sequences);
        put(sampleRows, batch.sampleRows(), batch.sampled());
        for (int i = batch.sampled(); i < Math.min(rows, maxSequences); i++) {
            put(sampleRows, i, 0);
        }
        int blocks = batch.blockStarts()[sequences];
        put(blockIds, batch.blockIds(), blocks);
        int filledChunks = fillDecoding(batch);
        fillTiles(batch);
        samples.fill(batch);
        upload(context, 0, chunks.offset() / Integer.BYTES + (long) CHUNK_INTS * filledChunks);
        upload(context, blockIds.offset(), blocks);
        if (samples.entries() > 0) {
            upload(context, entries.offset(), 2L * samples.entries());
        }
        if (samples.filledWords() > 0) {
            upload(context, allowed.offset(), 2L * samples.filledWords());
        }
    }

    private void upload(Context context, long offset, long ints) {
        device.memory().upload(context, offset, host.asSlice(offset, ints * Integer.BYTES));
    }

    private int fillDecoding(StepBatch batch) {
        decoding = 0;
        int chunk = 0;
        for (int i = 0; i < batch.sequences(); i++) {
            int row = batch.queryStarts()[i];
            if (batch.queryStarts()[i + 1] - row != 1) {
                continue;
            }
            int context = batch.contexts()[i];
            int tokens = Chunks.tokens(context);
            int count = Math.ceilDiv(context, tokens);
            for (int j = 0; j < count; j++) {
                int at = CHUNK_INTS * (chunk + j);
                put(chunks, at, row);
                put(chunks, at + 1, context);
                put(chunks, at + 2, batch.blockStarts()[i]);
                put(chunks, at + 3, j * tokens);
                put(chunks, at + 4, Math.min(context, (j + 1) * tokens));
                put(chunks, at + 5, count);
                put(chunks, at + 6, chunk);
                put(chunks, at + 7, decoding);
            }
            chunk += count;
            decoding++;
        }
        put(chunkCount, 0, chunk);
        return chunk;
    }

    /** Tiles with the longest contexts first: a launch ends soon after its longest tile began. */
    private void fillTiles(StepBatch batch) {
        tiles = 0;
        int step = TILE_ROWS / group;
        for (int i = 0; i < batch.sequences(); i++) {
            int from = batch.queryStarts()[i];
            int to = batch.queryStarts()[i + 1];
            if (to - from == 1) {
                continue;
            }
            for (int row = from + (to - from - 1) / step * step; row >= from; row -= step) {
                put(tileSequences, tiles, i);
                put(tileRows, tiles++, row);
            }
        }
    }

    private void put(Field field, int[] source, int length) {
        MemorySegment.copy(source, 0, host, ValueLayout.JAVA_INT, field.offset(), length);
    }

    void put(Field field, int index, int value) {
        host.set(ValueLayout.JAVA_INT, field.offset() + (long) index * Integer.BYTES, value);
    }

    void put(Field field, int index, float value) {
        host.set(ValueLayout.JAVA_FLOAT, field.offset() + (long) index * Float.BYTES, value);
    }

    void put(Field field, int index, long value) {
        host.set(ValueLayout.JAVA_LONG, field.offset() + (long) index * Long.BYTES, value);
    }

    void close() {
        pinned[0].close();
        pinned[1].close();
        device.close();
    }
}
