package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.Ops;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.weights.DType;
import dev.vidda.worker.weights.HostTensor;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class CpuOpsTest {
    private static final int[] ROWS = {1, 2, 3, 4, 5, 8, 11, 13, 16};
    private static final int[] INPUTS = {2, 3, 16, 31, 72, 130, 1026, 2100};
    private static final int[] OUTPUTS = {1, 15, 64, 65, 129, 200};
    private static final float EPSILON = 1e-5f;

    /** A batch whose rows are tokens 0, 1, 2 ... of one sequence. */
    static StepBatch batch(int rows) {
        StepBatch batch = new StepBatch(rows, 1);
        int[] ids = new int[rows];
        for (int i = 0; i < rows; i++) {
            ids[i] = i;
        }
        batch.add(ids, 0, rows, new int[] {0}, 1, rows, null);
        return batch;
    }

    static void step(CpuDevice device, int rows, Consumer<Ops> program) {
        device.launch(batch(rows), program::accept);
        device.await();
    }

    /** Every element of an activation's rows, drawn at random. */
    private static float[][] fill(Random random, Activation activation, int rows) {
        CpuActivation target = CpuDevice.cpu(activation);
        float[][] values = new float[rows][activation.width()];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < activation.width(); i++) {
                values[row][i] = (float) random.nextGaussian();
                target.data()[row * target.stride() + i] = values[row][i];
            }
        }
        return values;
    }

    private static double[] normed(float[] row, HostTensor scale) {
        double squares = 0;
        for (float each : row) {
            squares += (double) each * each;
        }
        double factor = 1 / Math.sqrt(squares / row.length + EPSILON);
        double[] result = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            result[i] = row[i] * factor * Tensors.get(scale, i, 0);
        }
        return result;
    }

    private static double dot(HostTensor matrix, int output, double[] row) {
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            sum += Tensors.get(matrix, output, i) * row[i];
        }
        return sum;
    }

    private static void assertClose(float found, double expected, int inputs, String what) {
        // Rounding errors of a sum of so many products of size about 1.
        assertThat((double) found).as(what).isCloseTo(expected, within(1e-6 * inputs + 1e-5));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void normLinearIsNormThenMatrixThenBias(DType dtype) {
        Random random = new Random(1);
        for (int rows : ROWS) {
            for (int round = 0; round < 3; round++) {
                int inputs = INPUTS[random.nextInt(INPUTS.length)];
                int outputs = OUTPUTS[random.nextInt(OUTPUTS.length)];
                checkNormLinear(random, dtype, rows, inputs, outputs);
            }
        }
    }

    private static void checkNormLinear(Random random, DType dtype, int rows, int inputs, int outputs) {
        HostTensor scale = Tensors.vector(random, dtype, inputs);
        List<HostTensor> parts = List.of(
                Tensors.matrix(random, dtype, outputs, inputs), Tensors.matrix(random, dtype, outputs + 3, inputs));
        List<HostTensor> biases =
                List.of(Tensors.vector(random, dtype, outputs), Tensors.vector(random, dtype, outputs + 3));
        CpuDevice device = new CpuDevice(2, new StepLimits(16, 4, 64));
        try (Activation x = device.tokenRows(inputs);
                Activation out = device.tokenRows(2 * outputs + 3);
                Weight norm = device.loadVector(scale);
                Weight weight = device.loadLinear(parts, biases)) {
            float[][] values = fill(random, x, rows);
            step(device, rows, ops -> ops.normLinear(x, new RmsNorm(norm, EPSILON), weight, out));
            float[] found = new float[out.width()];
            for (int row = 0; row < rows; row++) {
                device.read(out, row, found);
                double[] normed = normed(values[row], scale);
                for (int i = 0; i < found.length; i++) {
                    int part = i < outputs ? 0 : 1;
                    int output = i - part * outputs;
                    double expected = dot(parts.get(part), output, normed) + Tensors.get(biases.get(part), output, 0);
                    assertClose(
                            found[i], expected, inputs, dtype + " " + rows + "x" + inputs + "x" + outputs + " at " + i);
                }
            }
        }
        device.close();
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void normGatedLinearMultipliesSiluOfGateWithUp(DType dtype) {
        Random random = new Random(2);
        for (int rows : ROWS) {
            int inputs = INPUTS[random.nextInt(INPUTS.length)];
            int outputs = OUTPUTS[random.nextInt(OUTPUTS.length)];
            checkGated(random, dtype, rows, inputs, outputs);
        }
    }

    private static void checkGated(Random random, DType dtype, int rows, int inputs, int outputs) {
        HostTensor scale = Tensors.vector(random, dtype, inputs);
        HostTensor gate = Tensors.matrix(random, dtype, outputs, inputs);
        HostTensor up = Tensors.matrix(random, dtype, outputs, inputs);
        List<HostTensor> biases =
                List.of(Tensors.vector(random, dtype, outputs), Tensors.vector(random, dtype, outputs));
        CpuDevice device = new CpuDevice(2, new StepLimits(16, 4, 64));
        try (Activation x = device.tokenRows(inputs);
                Activation out = device.tokenRows(outputs);
                Weight norm = device.loadVector(scale);
                Weight weight = device.loadGated(gate, up, biases)) {
            float[][] values = fill(random, x, rows);
            step(device, rows, ops -> ops.normGatedLinear(x, new RmsNorm(norm, EPSILON), weight, out));
            float[] found = new float[outputs];
            for (int row = 0; row < rows; row++) {
                device.read(out, row, found);
                double[] normed = normed(values[row], scale);
                for (int i = 0; i < outputs; i++) {
                    double g = dot(gate, i, normed) + Tensors.get(biases.get(0), i, 0);
                    double u = dot(up, i, normed) + Tensors.get(biases.get(1), i, 0);
                    double expected = g / (1 + Math.exp(-g)) * u;
                    assertThat((double) found[i])
                            .as("%s %dx%dx%d at %d", dtype, rows, inputs, outputs, i)
                            .isCloseTo(expected, within(1e-6 * inputs * (1 + Math.abs(u) + Math.abs(g)) + 1e-5));
                }
            }
        }
        device.close();
    }

    @Test
    void addLinearAddsToWhatIsThere() {
        Random random = new Random(3);
        for (int rows : ROWS) {
            HostTensor matrix = Tensors.matrix(random, DType.BF16, 70, 34);
            CpuDevice device = new CpuDevice(2, new StepLimits(16, 4, 64));
            try (Activation in = device.tokenRows(34);
                    Activation x = device.tokenRows(70);
                    Weight weight = device.loadLinear(List.of(matrix), List.of())) {
                float[][] inputs = fill(random, in, rows);
                float[][] before = fill(random, x, rows);
                step(device, rows, ops -> ops.addLinear(in, weight, x));
                float[] found = new float[70];
                for (int row = 0; row < rows; row++) {
                    device.read(x, row, found);
                    double[] input = new double[34];
                    for (int i = 0; i < 34; i++) {
                        input[i] = inputs[row][i];
                    }
                    for (int i = 0; i < 70; i++) {
                        assertClose(found[i], before[row][i] + dot(matrix, i, input), 34, rows + " rows at " + i);
                    }
                }
            }
            device.close();
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void embeddingsAreTheTablesRowsTiedOrNot(DType dtype) {
        HostTensor table = Tensors.matrix(new Random(4), dtype, 77, 35);
        CpuDevice device = new CpuDevice(2, new StepLimits(16, 4, 64));
        try (Activation x = device.tokenRows(35);
                Weight tied = device.loadLinear(List.of(table), List.of());
                Weight plain = device.loadTable(table)) {
            float[] found = new float[35];
            for (Weight weight : List.of(tied, plain)) {
                step(device, 9, ops -> ops.embed(weight, x));
                for (int row = 0; row < 9; row++) {
                    device.read(x, row, found);
                    for (int i = 0; i < 35; i++) {
                        assertThat(found[i]).isEqualTo(Tensors.get(table, row, i));
                    }
                }
            }
        }
        device.close();
    }

    @Test
    void aTokenIdBeyondTheVocabularyIsRefusedByName() {
        HostTensor table = Tensors.matrix(new Random(4), DType.F32, 5, 4);
        CpuDevice device = new CpuDevice(1, new StepLimits(16, 4, 64));
        try (Activation x = device.tokenRows(4);
                Weight weight = device.loadTable(table)) {
            assertThatThrownBy(() -> step(device, 9, ops -> ops.embed(weight, x)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("token id 5 is not in the vocabulary of 5");
        }
        device.close();
    }

    @Test
    void widthsThatDoNotFitAreRefused() {
        HostTensor matrix = Tensors.matrix(new Random(4), DType.F32, 5, 4);
        CpuDevice device = new CpuDevice(1, new StepLimits(16, 4, 64));
        try (Activation four = device.tokenRows(4);
                Activation six = device.tokenRows(6);
                Weight weight = device.loadLinear(List.of(matrix), List.of())) {
            assertThatThrownBy(() -> step(device, 1, ops -> ops.addLinear(four, weight, six)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("outputs: 5 do not fit rows of 6");
        }
        device.close();
    }

    @Test
    void aDeviceWithOpenBuffersDoesNotCloseSilently() {
        CpuDevice device = new CpuDevice(1, new StepLimits(16, 4, 64));
        Activation x = device.tokenRows(4);
        assertThatThrownBy(device::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("still open");
        x.close();
        assertThatThrownBy(x::close).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed twice");
        assertThat(device.liveBytes().total()).isZero();
    }

    @Test
    void stepsBeyondTheLimitsAndOutOfOrderAreRefused() {
        CpuDevice device = new CpuDevice(1, new StepLimits(4, 2, 64));
        assertThatThrownBy(device::await).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> device.launch(batch(5), ops -> {})).hasMessageContaining("5 rows");
        assertThatThrownBy(() -> device.launch(new StepBatch(4, 2), ops -> {})).hasMessageContaining("empty");
        device.launch(batch(4), ops -> {});
        device.launch(batch(4), ops -> {});
        assertThatThrownBy(() -> device.launch(batch(4), ops -> {})).hasMessageContaining("not awaited");
        device.await();
        device.await();
        assertThatThrownBy(device::await).isInstanceOf(IllegalStateException.class);
        device.close();
    }
}
