package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.HeadTransform;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.Rope;
import dev.vidda.worker.device.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.IdentityHashMap;
import java.util.Map;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** Launches what happens between the projection of queries, keys and values and that of the attended values. */
final class Attention implements AutoCloseable {
    /** Queries, and three tiles each of keys and values. */
    private static final int HOPPER_SHARED_BYTES = 7 * 32768 + 1024 + 256;

    private static final int HEADS_AT_ONCE = 8;
    /** Rows up to which several blocks share the heads of one. */
    private static final int ROWS_WITH_BLOCKS = 256;

    private static final float LOG2_E = 1.44269504f;

    private final Context context;
    private final LinearPlan.Gpu gpu;
    private final Launcher launcher;
    private final Kernels kernels;
    private final TensorMaps maps;
    private final Map<Rope, DeviceMemory> frequencies = new IdentityHashMap<>();

    /** A layer of a KV cache and how far it is attended back to. */
    record Layer(CudaKv kv, int index, int window) {}

    Attention(Context context, LinearPlan.Gpu gpu, Launcher launcher, Kernels kernels, TensorMaps maps) {
        this.context = context;
        this.gpu = gpu;
        this.launcher = launcher;
        this.kernels = kernels;
        this.maps = maps;
    }

    /** Rotates queries and keys, and stores keys and values. */
    void heads(StepInputs inputs, CudaActivation qkv, int rows, HeadTransform transform, Layer layer, Element element) {
        AttentionShape shape = layer.kv().shape();
        boolean fromParts = qkv.content() == CudaActivation.Content.PARTS;
        launcher.begin();
        if (fromParts) {
            launcher.struct();
            qkv.parts().appendTo(launcher);
        } else {
            launcher.pointer(qkv.address());
        }
        RmsNorm anyNorm = transform.queryNorm() != null ? transform.queryNorm() : transform.keyNorm();
        launcher.struct()
                .withInt64(inputs.address(inputs.positions))
                .withInt64(inputs.address(inputs.slots))
                .withInt64(qkv.partsBias())
                .withInt64(scale(transform.queryNorm()))
                .withInt64(scale(transform.keyNorm()))
                .withInt64(frequencies(transform.rope()))
                .withFloat32(anyNorm == null ? 0 : anyNorm.epsilon())
                .withFloat32(transform.rope().magnitude())
                .withInt32(shape.heads())
                .withInt32(shape.kvHeads())
                .withInt32(layer.kv().layers())
                .withInt32(layer.index());
        launcher.pointer(qkv.queries()).pointer(layer.kv().address());
        String name = (fromParts ? "heads_parts_" : "heads_rows_") + element.suffix() + "_" + shape.headDim();
        int heads = shape.heads() + 2 * shape.kvHeads();
        // Many rows fill the GPU by themselves: then a block computes the angles of its row once.
        int blocks = rows > ROWS_WITH_BLOCKS ? 1 : Math.ceilDiv(heads, HEADS_AT_ONCE);
        launcher.launch(kernels.get(name, 0), blocks, rows, HEADS_AT_ONCE * 32);
    }

    /** Attends from sequences with one row. */
    void decode(StepInputs inputs, CudaActivation qkv, int sequences, Layer layer, Workspace workspace, Target target) {
        AttentionShape shape = layer.kv().shape();
        launcher.begin()
                .pointer(qkv.queries())
                .pointer(layer.kv().address())
                .pointer(target.address())
                .struct()
                .withInt64(inputs.address(inputs.chunks))
                .withInt64(inputs.address(inputs.chunkCount))
                .withInt64(inputs.address(inputs.blockIds))
                .withInt64(workspace.attention())
                .withInt64(workspace.arrivals());
        appendLayer(shape, layer, target);
        String name = "attention_decode_" + target.element().suffix() + "_" + shape.headDim();
        // Two blocks an SM hide each other's waits; for few heads one leaves room for the next layer's weights.
        int heads = sequences * shape.kvHeads();
        int blocks = heads <= gpu.multiprocessors() / 2 ? gpu.multiprocessors() : 2 * gpu.multiprocessors();
        launcher.launch(kernels.get(name, 0), blocks, 1, 128);
    }

    /** Attends from the tiles of sequences with more rows. */
    void prefill(StepInputs inputs, CudaActivation qkv, Layer layer, Target target) {
        AttentionShape shape = layer.kv().shape();
        boolean hopper = gpu.hopper() && shape.headDim() == 128;
        launcher.begin();
        if (hopper) {
            launcher.bytes(maps.of(new TensorMaps.Pages(
                    layer.kv().address(), target.element(), layer.kv().rows(), CudaKv.BLOCK_TOKENS)));
        }
        launcher.pointer(qkv.queries());
        if (!hopper) {
            launcher.pointer(layer.kv().address());
        }
        launcher.pointer(target.address())
                .struct()
                .withInt64(inputs.address(inputs.tileSequences))
                .withInt64(inputs.address(inputs.tileRows))
                .withInt64(inputs.address(inputs.queryStarts))
                .withInt64(inputs.address(inputs.contexts))
                .withInt64(inputs.address(inputs.blockStarts))
                .withInt64(inputs.address(inputs.blockIds));
        appendLayer(shape, layer, target);
        String family = hopper ? "attention_hopper_" : "attention_prefill_";
        String name = family + target.element().suffix() + "_" + shape.headDim();
        int sharedBytes = hopper ? HOPPER_SHARED_BYTES : 4 * 64 * shape.headDim() * Short.BYTES;
        launcher.launch(kernels.get(name, sharedBytes), inputs.tiles(), shape.kvHeads(), hopper ? 384 : 256);
    }

    /**
     * Where attended values go.
     *
     * @param fragments whether in the order of {@code place()}
     */
    record Target(long address, Element element, boolean fragments) {}

    private void appendLayer(AttentionShape shape, Layer layer, Target target) {
        launcher.withInt32(shape.heads())
                .withInt32(shape.kvHeads())
                .withInt32(layer.kv().layers())
                .withInt32(layer.index())
                .withInt32(layer.window())
                .withFloat32(LOG2_E / (float) Math.sqrt(shape.headDim()))
                .withInt32(target.fragments() ? 1 : 0);
    }

    private static long scale(@Nullable RmsNorm norm) {
        return norm == null ? 0 : vector(norm.scale()).address();
    }

    static CudaVector vector(Weight weight) {
        if (weight instanceof CudaVector own) {
            return own;
        }
        throw new IllegalArgumentException("not a vector of this device: " + weight);
    }

    private long frequencies(Rope rope) {
        return frequencies.computeIfAbsent(rope, this::upload).address();
    }

    private DeviceMemory upload(Rope rope) {
        DeviceMemory memory = DeviceMemory.allocate(context, (long) rope.pairs() * Float.BYTES);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(ValueLayout.JAVA_FLOAT, rope.pairs());
            for (int i = 0; i < rope.pairs(); i++) {
                values.setAtIndex(ValueLayout.JAVA_FLOAT, i, rope.frequency(i));
            }
            Driver.check(
                    JCudaDriver.cuMemcpyHtoD(
                            memory.at(0), new Handles.HostPointer(values.address()), values.byteSize()),
                    "cuMemcpyHtoD");
        }
        return memory;
    }

    @Override
    public void close() {
        frequencies.values().forEach(DeviceMemory::free);
    }
}
