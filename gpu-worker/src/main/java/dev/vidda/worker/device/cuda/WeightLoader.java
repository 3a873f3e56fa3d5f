package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.weights.DType;
import dev.vidda.worker.weights.HostTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

import static dev.vidda.worker.device.cuda.Driver.check;

/**
 * Brings tensors to the GPU: all cores copy a piece into one of two pinned slabs while the GPU takes the other one to a
 * staging area and repacks it from there.
 */
final class WeightLoader implements AutoCloseable {
    private static final int SLAB_BYTES = 64 << 20;
    private static final int SLABS = 2;
    private static final int COPY_BYTES = 4 << 20;
    private static final int ROW_BLOCK = 16;
    /** Kinds of {@code pack.cu}. */
    private static final int PLAIN = 0;

    private static final int GATE = 1;
    private static final int UP = 2;

    private final Context context;
    private final LiveBytes live;
    private final Kernels kernels;
    private final Launcher launcher;
    private final boolean dummy;
    private final PinnedMemory[] slabs = new PinnedMemory[SLABS];
    private final DeviceMemory[] staging = new DeviceMemory[SLABS];
    private final CUevent[] used = new CUevent[SLABS];
    private int slab;
    private int seed;

    /** @param dummy whether to make numbers up instead of reading tensors */
    WeightLoader(Context context, LiveBytes live, Kernels kernels, Launcher launcher, boolean dummy) {
        this.context = context;
        this.live = live;
        this.kernels = kernels;
        this.launcher = launcher;
        this.dummy = dummy;
        for (int i = 0; i < SLABS; i++) {
            slabs[i] = new PinnedMemory(context, SLAB_BYTES);
            staging[i] = DeviceMemory.allocate(context, SLAB_BYTES);
            used[i] = new CUevent();
            check(JCudaDriver.cuEventCreate(used[i], CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
        }
    }

    CudaVector vector(HostTensor vector) {
        float[] values = new float[vector.rows()];
        copyFloats(vector, values, 0, 1);
        return new CudaVector(live, floats(values), values.length);
    }

    /** The rows of {@code parts}, one after the other. */
    CudaMatrix linear(List<HostTensor> parts, List<HostTensor> biases, Element element) {
        int inputs = inputs(parts);
        int outputs = 0;
        for (int i = 0; i < parts.size(); i++) {
            if (i + 1 < parts.size() && parts.get(i).rows() % ROW_BLOCK != 0) {
                throw new IllegalArgumentException("rows of " + parts.get(i).name() + " must be a multiple of "
                        + ROW_BLOCK + ", are " + parts.get(i).rows());
            }
            outputs += parts.get(i).rows();
        }
        DeviceMemory packed = allocate(outputs, inputs);
        int block = 0;
        for (HostTensor part : parts) {
            pack(part, packed, element, block, PLAIN);
            block += part.rows() / ROW_BLOCK;
        }
        finish(packed, outputs, inputs, element);
        return new CudaMatrix(live, packed, bias(biases, outputs, 1), outputs, inputs, false);
    }

    /** A gate and an up projection whose rows alternate, 8 by 8. */
    CudaMatrix gated(HostTensor gate, HostTensor up, List<HostTensor> biases, Element element) {
        int inputs = inputs(List.of(gate, up));
        if (gate.rows() != up.rows() || gate.rows() % (ROW_BLOCK / 2) != 0) {
            throw new IllegalArgumentException(
                    "gate and up must have the same multiple of 8 rows, have " + gate.rows() + " and " + up.rows());
        }
        int outputs = 2 * gate.rows();
        DeviceMemory packed = allocate(outputs, inputs);
        pack(gate, packed, element, 0, GATE);
        pack(up, packed, element, 0, UP);
        finish(packed, outputs, inputs, element);
        return new CudaMatrix(live, packed, bias(biases, outputs, 2), outputs, inputs, true);
    }

    private static int inputs(List<HostTensor> parts) {
        int inputs = parts.getFirst().columns();
        for (HostTensor part : parts) {
            if (part.columns() != inputs) {
                throw new IllegalArgumentException(
                        part.name() + " must have " + inputs + " columns, has " + part.columns());
            }
        }
        if (inputs % 32 != 0) {
            throw new IllegalArgumentException("the columns of "
                    + parts.getFirst().name() + " must be a multiple of 32 for this device, are " + inputs);
        }
        return inputs;
    }

    private DeviceMemory allocate(int outputs, int inputs) {
        context.enter();
        return DeviceMemory.allocate(
                context, (long) Math.ceilDiv(outputs, ROW_BLOCK) * ROW_BLOCK * inputs * Short.BYTES);
    }

    private void finish(DeviceMemory packed, int outputs, int inputs, Element element) {
        if (dummy) {
            float scale = (float) Math.sqrt(3.0 / inputs);
            launcher.begin()
                    .pointer(packed.address())
                    .int64((long) Math.ceilDiv(outputs, ROW_BLOCK) * ROW_BLOCK * inputs)
                    .float32(scale)
                    .int32(seed++)
                    .launch(kernels.get("random_" + element.suffix(), 0), 4 * context.multiprocessors(), 1, 256);
        }
    }

    private void pack(HostTensor source, DeviceMemory packed, Element element, int firstBlock, int kind) {
        if (dummy) {
            return;
        }
        String name = "pack_" + element.suffix() + "_from_"
                + switch (source.dtype()) {
                    case F32 -> "float";
                    case F16 -> "fp16";
                    case BF16 -> "bf16";
                };
        Kernels.Kernel kernel = kernels.get(name, 0);
        int inputs = source.columns();
        int blockRows = kind == PLAIN ? ROW_BLOCK : ROW_BLOCK / 2;
        long rowBytes = (long) inputs * source.dtype().bytes();
        int step = (int) (SLAB_BYTES / rowBytes / blockRows) * blockRows;
        if (step == 0) {
            throw new IllegalArgumentException("rows of " + source.name() + " are too long: " + rowBytes + " bytes");
        }
        for (int row = 0; row < source.rows(); row += step) {
            int rows = Math.min(step, source.rows() - row);
            DeviceMemory staged = stage(source.data().asSlice(row * rowBytes, rows * rowBytes));
            int blocks = Math.ceilDiv(rows, blockRows);
            launcher.begin()
                    .pointer(staged.address())
                    .pointer(packed.address())
                    .int32(rows)
                    .int32(inputs)
                    .int32(firstBlock + row / blockRows)
                    .int32(kind)
                    .launch(kernel, Math.ceilDiv(inputs / ROW_BLOCK, 8), blocks, 256);
            check(JCudaDriver.cuEventRecord(used[slab], context.stream()), "cuEventRecord");
            slab = (slab + 1) % SLABS;
        }
    }

    /** Copies bytes to the staging area of the current slab. */
    private DeviceMemory stage(MemorySegment bytes) {
        check(JCudaDriver.cuEventSynchronize(used[slab]), "loading weights");
        MemorySegment pinned = slabs[slab].segment();
        int pieces = (int) Math.ceilDiv(bytes.byteSize(), COPY_BYTES);
        IntStream.range(0, pieces).parallel().forEach(i -> {
            long from = (long) i * COPY_BYTES;
            long size = Math.min(COPY_BYTES, bytes.byteSize() - from);
            MemorySegment.copy(bytes, from, pinned, from, size);
        });
        staging[slab].upload(context, 0, pinned.asSlice(0, bytes.byteSize()));
        return staging[slab];
    }

    private @Nullable DeviceMemory bias(List<HostTensor> biases, int outputs, int alternating) {
        if (biases.isEmpty()) {
            return null;
        }
        float[] values = new float[Math.ceilDiv(outputs, ROW_BLOCK) * ROW_BLOCK];
        int at = 0;
        for (HostTensor bias : biases) {
            copyFloats(bias, values, at, alternating);
            at += alternating == 1 ? bias.rows() : ROW_BLOCK / 2;
        }
        return floats(values);
    }

    /** @param alternating 1 for consecutive places, 2 for groups of 8 with gaps of 8 */
    private void copyFloats(HostTensor source, float[] target, int from, int alternating) {
        int half = ROW_BLOCK / 2;
        for (int i = 0; i < source.rows(); i++) {
            int to = alternating == 1 ? from + i : from + i / half * ROW_BLOCK + i % half;
            target[to] = dummy ? 1 : floatAt(source, i);
        }
    }

    private static float floatAt(HostTensor tensor, int index) {
        MemorySegment data = tensor.data();
        return switch (tensor.dtype()) {
            case F32 -> data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, (long) index * Float.BYTES);
            case F16, BF16 ->
                Element.of(tensor.dtype())
                        .toFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, (long) index * Short.BYTES));
        };
    }

    private DeviceMemory floats(float[] values) {
        context.enter();
        DeviceMemory memory = DeviceMemory.allocate(context, (long) values.length * Float.BYTES);
        check(JCudaDriver.cuEventSynchronize(used[slab]), "loading weights");
        MemorySegment pinned = slabs[slab].segment().asSlice(0, memory.bytes());
        MemorySegment.copy(values, 0, pinned, ValueLayout.JAVA_FLOAT, 0, values.length);
        memory.upload(context, 0, pinned);
        check(JCudaDriver.cuEventRecord(used[slab], context.stream()), "cuEventRecord");
        slab = (slab + 1) % SLABS;
        return memory;
    }

    /** The type that a checkpoint's tensor asks the device to compute with. */
    static Element elementOf(HostTensor tensor) {
        return Element.of(tensor.dtype() == DType.F16 ? DType.F16 : DType.BF16);
    }

    /** Gives back slabs and staging areas; waits for copies under way. */
    @Override
    public void close() {
        context.synchronize();
        for (int i = 0; i < SLABS; i++) {
            slabs[i].close();
            staging[i].free();
            check(JCudaDriver.cuEventDestroy(used[i]), "cuEventDestroy");
        }
    }
}
