package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.HeadTransform;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.Rope;
import dev.vidda.worker.step.StepBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Norms and rotates query and key heads, and writes keys and values to their slots. A unit of work is a key/value head of
 * a row with the query heads that read it: also a single row keeps all threads busy.
 */
@SuppressWarnings("NullAway.Init") // what a task works on is set before it runs
final class RotateTask implements Team.Task {
    private static final int ROWS_PER_CHUNK = 4;
    private static final int CHUNKS_PER_THREAD = 4;

    private final Team team;
    private final int maxRows;
    private final List<Angles> angles = new ArrayList<>();

    private StepBatch batch = new StepBatch(1, 1);
    private CpuActivation qkv;
    private HeadTransform transform;
    private CpuKv kv;
    private Angles current;
    private int layer;
    private int unitsPerChunk;

    /** Cosines and sines of the rows of a step, for one rope. */
    private static final class Angles implements Team.Task {
        private final Rope rope;
        private final float[] cosines;
        private final float[] sines;
        private boolean filled;
        private int[] positions = {};
        private int rows;

        private Angles(Rope rope, int maxRows) {
            this.rope = rope;
            cosines = new float[maxRows * rope.pairs()];
            sines = new float[maxRows * rope.pairs()];
        }

        @Override
        public void run(int chunk, int thread) {
            int end = Math.min(rows, (chunk + 1) * ROWS_PER_CHUNK);
            for (int row = chunk * ROWS_PER_CHUNK; row < end; row++) {
                rope.fill(positions[row], cosines, sines, row * rope.pairs());
            }
        }
    }

    RotateTask(Team team, int maxRows) {
        this.team = team;
        this.maxRows = maxRows;
    }

    /** Begins a step. */
    void begin(StepBatch newBatch) {
        batch = newBatch;
        for (Angles each : angles) {
            each.filled = false;
        }
    }

    void run(CpuActivation newQkv, HeadTransform newTransform, CpuKv newKv, int newLayer) {
        qkv = newQkv;
        transform = newTransform;
        kv = newKv;
        layer = newLayer;
        current = anglesOf(newTransform.rope());
        int units = batch.tokens() * kv.shape().kvHeads();
        unitsPerChunk = Math.max(1, units / (CHUNKS_PER_THREAD * team.threads()));
        team.run(Math.ceilDiv(units, unitsPerChunk), this);
    }

    private Angles anglesOf(Rope rope) {
        Angles found = null;
        for (Angles each : angles) {
            if (each.rope == rope) {
                found = each;
            }
        }
        if (found == null) {
            found = new Angles(rope, maxRows);
            angles.add(found);
        }
        if (!found.filled) {
            found.filled = true;
            found.positions = batch.positions();
            found.rows = batch.tokens();
            team.run(Math.ceilDiv(found.rows, ROWS_PER_CHUNK), found);
        }
        return found;
    }

    @Override
    public void run(int chunk, int thread) {
        int kvHeads = kv.shape().kvHeads();
        int end = Math.min(batch.tokens() * kvHeads, (chunk + 1) * unitsPerChunk);
        for (int unit = chunk * unitsPerChunk; unit < end; unit++) {
            transformUnit(unit / kvHeads, unit % kvHeads);
        }
    }

    private void transformUnit(int row, int kvHead) {
        AttentionShape shape = kv.shape();
        float[] data = qkv.data();
        int headDim = shape.headDim();
        int base = row * qkv.stride();
        int queries = shape.heads() / shape.kvHeads();
        for (int head = kvHead * queries; head < (kvHead + 1) * queries; head++) {
            transformHead(data, base + head * headDim, row, transform.queryNorm());
        }
        int key = base + shape.queryWidth() + kvHead * headDim;
        transformHead(data, key, row, transform.keyNorm());
        kv.store(layer, batch.slots()[row], kvHead, data, key, key + shape.kvWidth());
    }

    private void transformHead(float[] data, int at, int row, @Nullable RmsNorm norm) {
        if (norm != null) {
            RowMath.rmsNorm(data, at, CpuDevice.vector(norm.scale()), norm.epsilon(), data, at);
        }
        int pairs = current.rope.pairs();
        RowMath.rotate(data, at, pairs, current.cosines, current.sines, row * pairs);
    }
}
