package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.weights.CheckpointException;
import dev.vidda.worker.weights.DType;
import dev.vidda.worker.weights.HostTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class KernelTest {
    private static final Team TEAM = new Team(1);

    private static PackedMatrix pack(HostTensor matrix) {
        return new MatrixPacker(TEAM, new LiveBytes()).pack(List.of(matrix), List.of(), false);
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void eachOutputIsAnAscendingChainOfFusedMultiplyAdds(DType dtype) {
        Random random = new Random(6);
        HostTensor matrix = Tensors.matrix(random, dtype, Panels.WIDTH, 38);
        float[] x = new float[8 * 40];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        TileKernel kernel = switch (dtype) {
            case F32 -> new F32Tile();
            case F16 -> new F16Tile();
            case BF16 -> new Bf16Tile();
        };
        float[] eight = new float[8 * Panels.WIDTH];
        float[] four = new float[4 * Panels.WIDTH];
        float[] one = new float[Panels.WIDTH];
        try (PackedMatrix packed = pack(matrix)) {
            kernel.four(packed.data(), 0, 38, x, 0, 40, four, 0);
            kernel.one(packed.data(), 0, 38, x, 80, one, 0);
            int half = Panels.WIDTH / 2;
            kernel.eight(packed.data(), 0, 38, x, 0, 40, eight, 0);
            kernel.eight(packed.data(), 4L * half, 38, x, 0, 40, eight, half);
        }
        for (int row = 0; row < 8; row++) {
            for (int output = 0; output < Panels.WIDTH; output++) {
                float expected = 0;
                for (int i = 0; i < 38; i++) {
                    expected = Math.fma(Tensors.get(matrix, output, i), x[40 * row + i], expected);
                }
                assertThat(eight[row * Panels.WIDTH + output]).isEqualTo(expected);
                if (row < 4) {
                    assertThat(four[row * Panels.WIDTH + output]).isEqualTo(expected);
                }
                if (row == 2) {
                    assertThat(one[output]).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void everyFiniteFp16NumberIsReadExactly() {
        short[] finite = new short[63488];
        int count = 0;
        for (int bits = 0; bits < 1 << 16; bits++) {
            if ((bits & 0x7c00) != 0x7c00) {
                finite[count++] = (short) bits;
            }
        }
        int rows = finite.length / 2;
        HostTensor matrix = new HostTensor("all", DType.F16, List.of(rows, 2), MemorySegment.ofArray(toBytes(finite)));
        try (PackedMatrix packed = pack(matrix)) {
            float[] sums = new float[4 * Panels.WIDTH];
            for (int panel = 0; panel < packed.panels(); panel++) {
                Arrays.fill(sums, 0);
                new F16Tile().four(packed.data(), packed.offset(panel, 0), 2, SELECT, 0, 2, sums, 0);
                for (int i = 0; i < Math.min(Panels.WIDTH, rows - panel * Panels.WIDTH); i++) {
                    int at = 2 * (panel * Panels.WIDTH + i);
                    assertThat(sums[i]).isEqualTo(Float.float16ToFloat(finite[at]) + 0f);
                    assertThat(sums[Panels.WIDTH + i]).isEqualTo(Float.float16ToFloat(finite[at + 1]) + 0f);
                }
            }
        }
    }

    /** Rows of two inputs that pick the first, the second, and none. */
    private static final float[] SELECT = {1, 0, 0, 1, 0, 0, 0, 0};

    private static byte[] toBytes(short[] numbers) {
        byte[] bytes = new byte[2 * numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            bytes[2 * i] = (byte) numbers[i];
            bytes[2 * i + 1] = (byte) (numbers[i] >>> 8);
        }
        return bytes;
    }

    @Test
    void fp16WeightsThatAreNotFiniteAreRefused() {
        MemorySegment data = MemorySegment.ofArray(new byte[8]);
        data.set(ValueLayout.JAVA_SHORT_UNALIGNED, 4, (short) 0x7c00);
        HostTensor matrix = new HostTensor("broken.weight", DType.F16, List.of(2, 2), data);
        assertThatThrownBy(() -> pack(matrix))
                .hasStackTraceContaining(CheckpointException.class.getName())
                .hasStackTraceContaining("broken.weight");
    }

    @Test
    void expIsAccurateToAFewUnitsInTheLastPlace() {
        float[] x = new float[Panels.LANES];
        Random random = new Random(7);
        for (int round = 0; round < 2000; round++) {
            for (int i = 0; i < x.length; i++) {
                x[i] = -87 + 175 * random.nextFloat();
            }
            float[] found = VectorMath.exp(FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, x, 0))
                    .toArray();
            for (int i = 0; i < x.length; i++) {
                double expected = Math.exp(x[i]);
                assertThat((double) found[i]).as("exp(%f)", x[i]).isCloseTo(expected, within(2.5e-7 * expected));
            }
        }
    }

    @Test
    void expOfWhatIsFarBelowIsZero() {
        FloatVector zero = FloatVector.zero(FloatVector.SPECIES_PREFERRED);
        FloatVector low = zero.add(Float.NEGATIVE_INFINITY);
        assertThat(VectorMath.exp(low).lane(0)).isZero();
        assertThat(VectorMath.exp(zero).lane(0)).isEqualTo(1f);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void aTeamRunsEveryChunkExactlyOnce(int threads) {
        try (Team team = new Team(threads)) {
            for (int round = 0; round < 3000; round++) {
                int chunks = round % 37;
                AtomicIntegerArray runs = new AtomicIntegerArray(chunks);
                team.run(chunks, (chunk, thread) -> {
                    assertThat(thread).isBetween(0, threads - 1);
                    runs.incrementAndGet(chunk);
                });
                for (int i = 0; i < chunks; i++) {
                    assertThat(runs.get(i)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void aFailingChunkFailsItsTaskAndNoOther() {
        try (Team team = new Team(2)) {
            assertThatThrownBy(() -> team.run(8, (chunk, thread) -> {
                        if (chunk == 5) {
                            throw new IllegalArgumentException("chunk five");
                        }
                    }))
                    .hasStackTraceContaining("chunk five");
            AtomicIntegerArray runs = new AtomicIntegerArray(8);
            team.run(8, (chunk, thread) -> runs.incrementAndGet(chunk));
            assertThat(runs.toString()).isEqualTo("[1, 1, 1, 1, 1, 1, 1, 1]");
        }
    }
}
