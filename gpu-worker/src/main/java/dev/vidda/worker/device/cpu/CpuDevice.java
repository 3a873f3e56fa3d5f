package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.device.StepProgram;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.step.HostBlocks;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import dev.vidda.worker.weights.HostTensor;
import java.util.List;
import java.util.OptionalDouble;
import jdk.incubator.vector.FloatVector;

/**
 * All cores of this machine. Weights keep their type, activations and the KV cache are float32. A step runs in
 * {@link #launch}, on the calling thread and the others of the team.
 */
public final class CpuDevice implements Device {
    private final StepLimits limits;
    private final LiveBytes live = new LiveBytes();
    private final Team team;
    private final MatrixPacker packer;
    private final CpuOps ops;
    private int launched;
    private long busyNanos;

    /** @param threads threads that compute, the calling one among them */
    public CpuDevice(int threads, StepLimits limits) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, was " + threads);
        }
        this.limits = limits;
        team = new Team(threads);
        packer = new MatrixPacker(team, live);
        ops = new CpuOps(team, limits);
    }

    @Override
    public String description() {
        return "cpu (" + FloatVector.SPECIES_PREFERRED.vectorBitSize() + "-bit vectors, " + team.threads()
                + (team.threads() == 1 ? " thread)" : " threads)");
    }

    @Override
    public StepLimits limits() {
        return limits;
    }

    @Override
    public int kvBytesPerElement() {
        return Float.BYTES;
    }

    @Override
    public OptionalDouble busySeconds() {
        return OptionalDouble.of(busyNanos / 1e9);
    }

    @Override
    public long freeBytes() {
        return HostMemory.availableBytes();
    }

    @Override
    public long totalBytes() {
        return HostMemory.totalBytes();
    }

    @Override
    public LiveBytes liveBytes() {
        return live;
    }

    @Override
    public Weight loadVector(HostTensor vector) {
        return new CpuVector(live, HostVectors.floats(vector));
    }

    @Override
    public Weight loadTable(HostTensor table) {
        return new CpuTable(live, table);
    }

    @Override
    public Weight loadLinear(List<HostTensor> parts, List<HostTensor> biases) {
        return packer.pack(parts, biases, false);
    }

    @Override
    public Weight loadGated(HostTensor gate, HostTensor up, List<HostTensor> biases) {
        return packer.pack(List.of(gate, up), biases, true);
    }

    @Override
    public Activation tokenRows(int width) {
        return new CpuActivation(live, limits.maxTokens(), width);
    }

    @Override
    public Activation sampleRows(int width) {
        return new CpuActivation(live, limits.maxSequences(), width);
    }

    @Override
    public KvBuffer kv(AttentionShape shape, int layers, int blocks, int blockTokens) {
        if (blockTokens < 16 || blockTokens % 16 != 0) {
            throw new IllegalArgumentException("blockTokens must be a multiple of 16, was " + blockTokens);
        }
        CpuKv kv = new CpuKv(live, shape, layers, blocks, blockTokens);
        ops.prepare(kv);
        return kv;
    }

    @Override
    public HostBlocks hostBlocks(KvBuffer kv, long bytes) {
        return new CpuHostBlocks(cpu(kv), bytes);
    }

    @Override
    public void launch(StepBatch batch, StepProgram program) {
        if (launched == 2) {
            throw new IllegalStateException("two steps are not awaited");
        }
        if (batch.isEmpty()) {
            throw new IllegalArgumentException("the batch is empty");
        }
        if (batch.tokens() > limits.maxTokens() || batch.sequences() > limits.maxSequences()) {
            throw new IllegalArgumentException("the batch has " + batch.tokens() + " rows of " + batch.sequences()
                    + " sequences, the device's limits are " + limits);
        }
        long start = System.nanoTime();
        ops.begin(batch);
        program.run(ops);
        long nanos = System.nanoTime() - start;
        busyNanos += nanos;
        ops.result().took(nanos, StepResult.UNKNOWN);
        launched++;
    }

    @Override
    public StepResult await() {
        if (launched == 0) {
            throw new IllegalStateException("no step was launched");
        }
        return --launched == 0 ? ops.result() : ops.resultBefore();
    }

    @Override
    public void read(Activation activation, int row, float[] target) {
        CpuActivation rows = cpu(activation);
        System.arraycopy(rows.data(), row * rows.stride(), target, 0, rows.width());
    }

    @Override
    public void close() {
        team.close();
        if (live.total() != 0) {
            throw new IllegalStateException("buffers are still open: " + live);
        }
    }

    static CpuActivation cpu(Activation activation) {
        if (activation instanceof CpuActivation own) {
            return own;
        }
        throw new IllegalArgumentException("not an activation of this device: " + activation);
    }

    static CpuKv cpu(KvBuffer kv) {
        if (kv instanceof CpuKv own) {
            return own;
        }
        throw new IllegalArgumentException("not a KV cache of this device: " + kv);
    }

    static float[] vector(Weight weight) {
        if (weight instanceof CpuVector own) {
            return own.data();
        }
        throw new IllegalArgumentException("not a vector of this device: " + weight);
    }
}
