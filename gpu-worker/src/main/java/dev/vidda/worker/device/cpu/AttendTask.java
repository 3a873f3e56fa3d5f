package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.step.StepBatch;

import static dev.vidda.worker.device.cpu.AttentionTile.QUERIES;
import static dev.vidda.worker.device.cpu.Panels.LANES;

/**
 * Paged attention over all rows: a chunk is a few neighbouring rows of one sequence with one key/value head, whose keys
 * and values it reads once for all of them.
 */
@SuppressWarnings("NullAway.Init") // what a task works on is set before it runs
final class AttendTask implements Team.Task {
    private final Team team;
    private final AttentionTile[] tiles;
    private final AttentionShape shape;
    private final int rowsPerTile;
    private final float scale;
    /** For each group of rows: its sequence, first row and row count. */
    private final int[] groups;

    private int groupCount;
    private StepBatch batch = new StepBatch(1, 1);
    private CpuActivation qkv;
    private CpuActivation out;
    private CpuKv kv;
    private int layer;
    private int window;

    AttendTask(Team team, AttentionShape shape, int maxRows, int maxContext, int blockTokens) {
        this.team = team;
        this.shape = shape;
        rowsPerTile = Math.max(1, QUERIES * shape.kvHeads() / shape.heads());
        scale = (float) (1 / Math.sqrt(shape.headDim()));
        groups = new int[3 * maxRows];
        tiles = new AttentionTile[team.threads()];
        for (int i = 0; i < tiles.length; i++) {
            tiles[i] = new AttentionTile(shape.headDim(), maxContext + 2 * blockTokens);
        }
    }

    /** Begins a step. */
    void begin(StepBatch newBatch) {
        batch = newBatch;
        int count = 0;
        for (int sequence = 0; sequence < batch.sequences(); sequence++) {
            int end = batch.queryStarts()[sequence + 1];
            for (int row = batch.queryStarts()[sequence]; row < end; row += rowsPerTile) {
                groups[3 * count] = sequence;
                groups[3 * count + 1] = row;
                groups[3 * count++ + 2] = Math.min(rowsPerTile, end - row);
            }
        }
        groupCount = count;
    }

    void run(CpuActivation newQkv, CpuKv newKv, int newLayer, int newWindow, CpuActivation newOut) {
        qkv = newQkv;
        kv = newKv;
        layer = newLayer;
        window = newWindow;
        out = newOut;
        team.run(groupCount * shape.kvHeads(), this);
    }

    @Override
    public void run(int chunk, int thread) {
        int group = chunk / shape.kvHeads();
        int kvHead = chunk % shape.kvHeads();
        int queries = groups[3 * group + 2] * headsPerKvHead();
        for (int first = 0; first < queries; first += QUERIES) {
            attend(tiles[thread], group, kvHead, first, Math.min(QUERIES, queries - first));
        }
    }

    private int headsPerKvHead() {
        return shape.heads() / shape.kvHeads();
    }

    /** Computes queries {@code [first, first + count)} of a group with a key/value head: row by row, head by head. */
    private void attend(AttentionTile tile, int group, int kvHead, int first, int count) {
        int sequence = groups[3 * group];
        int row = groups[3 * group + 1];
        int heads = headsPerKvHead();
        for (int i = 0; i < (count == 1 ? 1 : QUERIES); i++) {
            // A tile of 2 or 3 queries repeats its last one: cheaper than one by one.
            int query = first + Math.min(i, count - 1);
            int head = kvHead * heads + query % heads;
            tile.setQuery(i, qkv.data(), (row + query / heads) * qkv.stride() + head * shape.headDim());
        }
        int blockTokens = kv.blockTokens();
        int lastRow = row + (first + count - 1) / heads;
        int begin = firstSeen(row + first / heads) / blockTokens * blockTokens;
        int end = batch.positions()[lastRow] + 1;
        int size = Math.ceilDiv(end - begin, blockTokens) * blockTokens;
        int table = batch.blockStarts()[sequence] + begin / blockTokens;
        score(tile, table, size, kvHead, count);
        for (int i = 0; i < count; i++) {
            int queryRow = row + (first + i) / heads;
            int from = firstSeen(queryRow) - begin;
            int to = batch.positions()[queryRow] + 1 - begin;
            tile.softmax(i, size, from, to, scale);
        }
        value(tile, table, end - begin, kvHead, count);
        for (int i = 0; i < count; i++) {
            int query = first + i;
            int head = kvHead * heads + query % heads;
            tile.finish(i, out.data(), (row + query / heads) * out.stride() + head * shape.headDim());
        }
    }

    private int firstSeen(int row) {
        return window == 0 ? 0 : Math.max(0, batch.positions()[row] + 1 - window);
    }

    private void score(AttentionTile tile, int table, int size, int kvHead, int count) {
        int step = count == 1 ? LANES : 2 * LANES;
        for (int token = 0; token < size; token += step) {
            if (count == 1) {
                tile.scoreOne(kv.data(), keys(table, token, kvHead), 4L * kv.blockTokens(), token);
            } else {
                int other = Math.min(token + LANES, size - LANES);
                tile.scoreFour(
                        kv.data(),
                        keys(table, token, kvHead),
                        keys(table, other, kvHead),
                        4L * kv.blockTokens(),
                        token,
                        other);
            }
        }
    }

    private long keys(int table, int token, int kvHead) {
        int block = batch.blockIds()[table + token / kv.blockTokens()];
        return kv.keys(layer, block, kvHead) + 4L * (token % kv.blockTokens());
    }

    private void value(AttentionTile tile, int table, int tokens, int kvHead, int count) {
        int blockTokens = kv.blockTokens();
        for (int token = 0; token < tokens; token += blockTokens) {
            int block = batch.blockIds()[table + token / blockTokens];
            long values = kv.values(layer, block, kvHead);
            int used = Math.min(blockTokens, tokens - token);
            if (count == 1) {
                tile.valuesOne(kv.data(), values, used, token);
            } else {
                tile.valuesFour(kv.data(), values, used, token);
            }
        }
    }
}
