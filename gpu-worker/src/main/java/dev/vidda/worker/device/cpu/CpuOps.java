package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.HeadTransform;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.Ops;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.device.cpu.LinearTask.Mode;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import java.util.HashMap;
import java.util.Map;

/** The operations on the CPU: each runs at once, on all threads. */
final class CpuOps implements Ops {
    private final Team team;
    private final StepLimits limits;
    private final NormTask norms;
    private final LinearTask linear;
    private final RotateTask rotate;
    private final SampleTask sample;
    private final EmbedTask embed;
    private final int[] tokenIds;
    private StepResult result;
    private StepResult resultBefore;
    private final Map<AttendKey, AttendTask> attends = new HashMap<>();
    private StepBatch batch = new StepBatch(1, 1);

    private record AttendKey(AttentionShape shape, int blockTokens) {}

    CpuOps(Team team, StepLimits limits) {
        this.team = team;
        this.limits = limits;
        norms = new NormTask(team, limits.maxTokens());
        linear = new LinearTask(team, limits.maxTokens());
        rotate = new RotateTask(team, limits.maxTokens());
        sample = new SampleTask(team, limits.maxSequences());
        embed = new EmbedTask(team);
        tokenIds = new int[limits.maxTokens()];
        result = new StepResult(limits.maxSequences());
        resultBefore = new StepResult(limits.maxSequences());
    }

    /** Allocates what attention over {@code kv} needs. */
    void prepare(CpuKv kv) {
        AttendKey key = new AttendKey(kv.shape(), kv.blockTokens());
        attends.computeIfAbsent(
                key,
                k -> new AttendTask(team, kv.shape(), limits.maxTokens(), limits.maxModelLength(), kv.blockTokens()));
    }

    void begin(StepBatch newBatch) {
        batch = newBatch;
        StepResult before = result;
        result = resultBefore;
        resultBefore = before;
        result.clear();
        for (int i = 0; i < batch.tokens(); i++) {
            int id = batch.tokenIds()[i];
            tokenIds[i] = id < 0 ? drawn(before, ~id) : id;
        }
        rotate.begin(batch);
        attends.values().forEach(each -> each.begin(batch));
    }

    private static int drawn(StepResult before, int draw) {
        if (draw >= before.size()) {
            throw new IllegalArgumentException(
                    "a row takes token " + draw + " of the step before, which drew " + before.size());
        }
        // A sequence without a token has failed; nobody reads what its row gives.
        return Math.max(0, before.token(draw));
    }

    StepResult result() {
        return result;
    }

    /** The result of the step before. */
    StepResult resultBefore() {
        return resultBefore;
    }

    @Override
    public void embed(Weight table, Activation x) {
        checkWidths("embed", table.inputs(), x.width());
        embed.run(tokenIds, batch.tokens(), table, CpuDevice.cpu(x));
    }

    @Override
    public void normLinear(Activation x, RmsNorm norm, Weight weight, Activation out) {
        mapNormed(x, norm, weight, out, Mode.STORE);
    }

    @Override
    public void normGatedLinear(Activation x, RmsNorm norm, Weight gateUp, Activation out) {
        mapNormed(x, norm, gateUp, out, Mode.GATE);
    }

    private void mapNormed(Activation x, RmsNorm norm, Weight weight, Activation out, Mode mode) {
        PackedMatrix matrix = matrix(weight, mode == Mode.GATE);
        checkWidths("inputs", matrix.inputs(), x.width());
        checkWidths("norm", norm.scale().outputs(), x.width());
        checkWidths("outputs", matrix.outputs(), out.width());
        CpuActivation rows = CpuDevice.cpu(x);
        float[] normed = norms.run(rows, batch.tokens(), CpuDevice.vector(norm.scale()), norm.epsilon());
        linear.run(normed, rows.stride(), batch.tokens(), matrix, CpuDevice.cpu(out), mode);
    }

    @Override
    public void addLinear(Activation in, Weight weight, Activation x) {
        PackedMatrix matrix = matrix(weight, false);
        checkWidths("inputs", matrix.inputs(), in.width());
        checkWidths("outputs", matrix.outputs(), x.width());
        CpuActivation rows = CpuDevice.cpu(in);
        linear.run(rows.data(), rows.stride(), batch.tokens(), matrix, CpuDevice.cpu(x), Mode.ADD);
    }

    @Override
    public void rotateAndStore(Activation qkv, HeadTransform transform, KvBuffer kv, int layer) {
        checkWidths("queries, keys and values", kv.shape().qkvWidth(), qkv.width());
        checkWidths("rotated elements", 2 * transform.rope().pairs(), kv.shape().headDim());
        rotate.run(CpuDevice.cpu(qkv), transform, CpuDevice.cpu(kv), layer);
    }

    @Override
    public void attend(Activation qkv, KvBuffer kv, int layer, int window, Activation out) {
        checkWidths("queries, keys and values", kv.shape().qkvWidth(), qkv.width());
        checkWidths("attention outputs", kv.shape().queryWidth(), out.width());
        AttendTask task = attends.get(new AttendKey(kv.shape(), kv.blockTokens()));
        if (task == null) {
            throw new IllegalArgumentException("the KV cache was made by another device");
        }
        task.run(CpuDevice.cpu(qkv), CpuDevice.cpu(kv), layer, window, CpuDevice.cpu(out));
    }

    @Override
    public void logits(Activation x, RmsNorm norm, Weight head, Activation logits) {
        PackedMatrix matrix = matrix(head, false);
        checkWidths("inputs", matrix.inputs(), x.width());
        checkWidths("outputs", matrix.outputs(), logits.width());
        if (batch.sampled() == 0) {
            return;
        }
        CpuActivation rows = CpuDevice.cpu(x);
        float[] scale = CpuDevice.vector(norm.scale());
        float[] normed = norms.run(rows, batch.sampleRows(), batch.sampled(), scale, norm.epsilon());
        linear.run(normed, rows.stride(), batch.sampled(), matrix, CpuDevice.cpu(logits), Mode.STORE);
    }

    @Override
    public void sample(Activation logits) {
        sample.run(CpuDevice.cpu(logits), batch, tokenIds, result);
    }

    private static PackedMatrix matrix(Weight weight, boolean gated) {
        if (weight instanceof PackedMatrix matrix && matrix.gated() == gated) {
            return matrix;
        }
        throw new IllegalArgumentException(
                "not a " + (gated ? "gated" : "plain") + " linear map of this device: " + weight);
    }

    private static void checkWidths(String what, int weightWidth, int rowWidth) {
        if (weightWidth != rowWidth) {
            throw new IllegalArgumentException(what + ": " + weightWidth + " do not fit rows of " + rowWidth);
        }
    }
}
