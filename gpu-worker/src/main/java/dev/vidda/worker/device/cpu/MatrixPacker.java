package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.weights.CheckpointException;
import dev.vidda.worker.weights.DType;
import dev.vidda.worker.weights.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Repacks matrices of a checkpoint into {@link PackedMatrix} form, with all threads. */
final class MatrixPacker {
    /** Ints or floats of a source row that are copied before the next row's: what is written between stays in L1. */
    private static final int BLOCK = 16;

    private static final ValueLayout.OfInt SOURCE_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SOURCE_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt TARGET_INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Team team;
    private final LiveBytes live;

    MatrixPacker(Team team, LiveBytes live) {
        this.team = team;
        this.live = live;
    }

    /**
     * @param parts matrices of equal type and inputs, stacked; of a gated matrix gate and up
     * @param biases none or one a part
     */
    PackedMatrix pack(List<HostTensor> parts, List<HostTensor> biases, boolean gated) {
        checkParts(parts, biases, gated);
        HostTensor first = parts.getFirst();
        int outputs =
                gated ? first.rows() : parts.stream().mapToInt(HostTensor::rows).sum();
        PackedShape shape = new PackedShape(first.dtype(), outputs, first.columns(), gated);
        Arena arena = Arena.ofShared();
        try {
            MemorySegment target = NativeMemory.allocate(shape.bytes(), arena);
            team.run(shape.panels(), (panel, thread) -> packPanel(shape, parts, panel, target));
            return new PackedMatrix(live, shape, arena, target, bias(shape, biases));
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static void checkParts(List<HostTensor> parts, List<HostTensor> biases, boolean gated) {
        HostTensor first = parts.getFirst();
        for (HostTensor part : parts) {
            if (part.shape().size() != 2 || part.columns() != first.columns() || part.dtype() != first.dtype()) {
                throw new CheckpointException("tensors " + first.name() + " and " + part.name()
                        + " must be matrices of one type and width, are " + first.dtype() + first.shape() + " and "
                        + part.dtype() + part.shape());
            }
            if (gated && part.rows() != first.rows()) {
                throw new CheckpointException("tensors " + first.name() + " and " + part.name()
                        + " must have equal shapes, have " + first.shape() + " and " + part.shape());
            }
        }
        if (!biases.isEmpty() && biases.size() != parts.size()) {
            throw new IllegalArgumentException(parts.size() + " matrices, but " + biases.size() + " biases");
        }
        for (int i = 0; i < biases.size(); i++) {
            if (biases.get(i).rows() != parts.get(i).rows()) {
                throw new CheckpointException("bias " + biases.get(i).name() + " must have "
                        + parts.get(i).rows() + " elements, has "
                        + biases.get(i).rows());
            }
        }
    }

    private static void packPanel(PackedShape shape, List<HostTensor> parts, int panel, MemorySegment target) {
        @Nullable MemorySegment[] rows = new MemorySegment[Panels.WIDTH];
        for (int lane = 0; lane < Panels.WIDTH; lane++) {
            rows[lane] = sourceRow(shape, parts, panel, lane);
        }
        int words = (int) Math.ceilDiv((long) shape.inputs() * shape.dtype().bytes(), Integer.BYTES);
        long base = panel * PackedShape.panelBytes(shape.dtype(), shape.inputs());
        int notFinite = 0;
        for (int from = 0; from < words; from += BLOCK) {
            int to = Math.min(words, from + BLOCK);
            for (int lane = 0; lane < Panels.WIDTH; lane++) {
                MemorySegment row = rows[lane];
                if (row != null) {
                    notFinite |= copyWords(row, from, to, target, base + 4L * lane);
                }
            }
        }
        if (shape.dtype() == DType.F16 && notFinite != 0) {
            throw new CheckpointException("tensor " + parts.getFirst().name() + " has numbers that are not finite");
        }
    }

    /** The weights of the output in {@code lane} of {@code panel}, or null beyond the matrix. */
    private static @Nullable MemorySegment sourceRow(PackedShape shape, List<HostTensor> parts, int panel, int lane) {
        long rowBytes = (long) shape.inputs() * shape.dtype().bytes();
        int perPanel = shape.outputsPerPanel();
        int output = panel * perPanel + lane % perPanel;
        if (output >= shape.outputs()) {
            return null;
        }
        if (shape.gated()) {
            return parts.get(lane / perPanel).data().asSlice(output * rowBytes, rowBytes);
        }
        int row = output;
        int part = 0;
        while (row >= parts.get(part).rows()) {
            row -= parts.get(part++).rows();
        }
        return parts.get(part).data().asSlice(row * rowBytes, rowBytes);
    }

    /** Copies words of a row; the result is not 0 if one holds an fp16 infinity or NaN. */
    private static int copyWords(MemorySegment row, int from, int to, MemorySegment target, long laneOffset) {
        int notFinite = 0;
        for (int i = from; i < to; i++) {
            long at = 4L * i;
            int word = at + Integer.BYTES <= row.byteSize()
                    ? row.get(SOURCE_INT, at)
                    : Short.toUnsignedInt(row.get(SOURCE_SHORT, at));
            target.set(TARGET_INT, laneOffset + at * Panels.WIDTH, word);
            notFinite |= (word & 0x7c00) == 0x7c00 || (word & 0x7c000000) == 0x7c000000 ? 1 : 0;
        }
        return notFinite;
    }

    private static float @Nullable [] bias(PackedShape shape, List<HostTensor> biases) {
        if (biases.isEmpty()) {
            return null;
        }
        float[] packed = new float[shape.panels() * Panels.WIDTH];
        int perPanel = shape.outputsPerPanel();
        int output = 0;
        for (int part = 0; part < biases.size(); part++) {
            float[] elements = HostVectors.floats(biases.get(part));
            int half = shape.gated() && part == 1 ? perPanel : 0;
            output = shape.gated() ? 0 : output;
            for (float element : elements) {
                packed[output / perPanel * Panels.WIDTH + half + output % perPanel] = element;
                output++;
            }
        }
        return packed;
    }
}
