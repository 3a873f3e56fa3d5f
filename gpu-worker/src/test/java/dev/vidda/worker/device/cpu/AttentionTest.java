package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.HeadTransform;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.RopeScaling;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.weights.DType;
import dev.vidda.worker.weights.HostTensor;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Rotation, cache and attention over several sequences in one batch, against plain double-precision loops. */
class AttentionTest {
    private static final int LAYERS = 2;
    private static final int LAYER = 1;
    private static final int BLOCK_TOKENS = 16;
    private static final int BLOCKS = 40;
    private static final int[] CONTEXTS = {1, 16, 37, 100};
    private static final double THETA = 10000;

    private final Random random = new Random(5);

    /** A sequence with the queries, keys and values of all its positions, before rotation. */
    private record Sequence(float[][] rows, int[] blocks, int chunk) {}

    @ParameterizedTest
    @CsvSource({
        "4, 4, 16, 0",
        "4, 2, 64, 0",
        "6, 2, 24, 0",
        "8, 1, 128, 0",
        "7, 1, 32, 0",
        "2, 1, 10, 0",
        "6, 2, 24, 20",
        "4, 4, 40, 1",
        "4, 2, 16, 33"
    })
    void agreesWithPlainLoops(int heads, int kvHeads, int headDim, int window) {
        AttentionShape shape = new AttentionShape(heads, kvHeads, headDim);
        Sequence[] sequences = new Sequence[CONTEXTS.length];
        for (int i = 0; i < sequences.length; i++) {
            sequences[i] = sequence(shape, CONTEXTS[i], 10 * i);
        }
        HostTensor queryScale = Tensors.vector(random, DType.F32, headDim);
        CpuDevice device = new CpuDevice(2, new StepLimits(128, 8, 128));
        try (KvBuffer kv = device.kv(shape, LAYERS, BLOCKS, BLOCK_TOKENS);
                Activation qkv = device.tokenRows(shape.qkvWidth());
                Activation out = device.tokenRows(shape.queryWidth());
                Weight scale = device.loadVector(queryScale)) {
            HeadTransform transform =
                    new HeadTransform(new RopeScaling.Default().rope(headDim, THETA), new RmsNorm(scale, 1e-6f), null);
            for (int start = 0; start < 100; start += 23) {
                StepBatch batch = chunks(sequences, qkv, start);
                if (batch.isEmpty()) {
                    continue;
                }
                device.launch(batch, ops -> {
                    ops.rotateAndStore(qkv, transform, kv, LAYER);
                    ops.attend(qkv, kv, LAYER, window, out);
                });
                device.await();
                check(device, batch, sequences, start, out, new Reference(shape, window, queryScale));
            }
        }
        device.close();
    }

    private Sequence sequence(AttentionShape shape, int tokens, int firstBlock) {
        float[][] rows = new float[tokens][shape.qkvWidth()];
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        int[] blocks = new int[10];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = firstBlock + (3 * i + 7) % 10;
        }
        return new Sequence(rows, blocks, 23);
    }

    /** The next up to 23 rows of each sequence that has any. */
    private static StepBatch chunks(Sequence[] sequences, Activation qkv, int start) {
        StepBatch batch = new StepBatch(128, 8);
        CpuActivation target = CpuDevice.cpu(qkv);
        int row = 0;
        for (Sequence each : sequences) {
            int count = Math.min(each.chunk, each.rows.length - start);
            if (count > 0) {
                batch.add(new int[start + count], start, count, each.blocks, 10, BLOCK_TOKENS, null);
                for (int i = 0; i < count; i++) {
                    float[] source = each.rows[start + i];
                    System.arraycopy(source, 0, target.data(), row++ * target.stride(), source.length);
                }
            }
        }
        return batch;
    }

    private static void check(
            CpuDevice device, StepBatch batch, Sequence[] sequences, int start, Activation out, Reference reference) {
        float[] found = new float[out.width()];
        int row = 0;
        for (Sequence each : sequences) {
            for (int position = start; position < Math.min(start + each.chunk, each.rows.length); position++) {
                device.read(out, row++, found);
                double[] expected = reference.attend(each.rows, position);
                for (int i = 0; i < found.length; i++) {
                    assertThat((double) found[i])
                            .as("context %d, position %d, element %d", each.rows.length, position, i)
                            .isCloseTo(expected[i], within(2e-5));
                }
            }
        }
        assertThat(row).isEqualTo(batch.tokens());
    }

    private record Reference(AttentionShape shape, int window, HostTensor queryScale) {
        double[] attend(float[][] rows, int position) {
            int dim = shape.headDim();
            double[] result = new double[shape.queryWidth()];
            int first = window == 0 ? 0 : Math.max(0, position - window + 1);
            for (int head = 0; head < shape.heads(); head++) {
                int kvHead = head / (shape.heads() / shape.kvHeads());
                double[] query = rotated(normed(head(rows[position], head * dim)), position);
                double[] weights = new double[position + 1];
                double sum = 0;
                for (int t = first; t <= position; t++) {
                    double[] key = rotated(head(rows[t], shape.queryWidth() + kvHead * dim), t);
                    double score = 0;
                    for (int i = 0; i < dim; i++) {
                        score += query[i] * key[i];
                    }
                    weights[t] = Math.exp(score / Math.sqrt(dim));
                    sum += weights[t];
                }
                int values = shape.queryWidth() + shape.kvWidth() + kvHead * dim;
                for (int t = first; t <= position; t++) {
                    for (int i = 0; i < dim; i++) {
                        result[head * dim + i] += weights[t] / sum * rows[t][values + i];
                    }
                }
            }
            return result;
        }

        private double[] head(float[] row, int offset) {
            double[] head = new double[shape.headDim()];
            for (int i = 0; i < head.length; i++) {
                head[i] = row[offset + i];
            }
            return head;
        }

        private double[] normed(double[] head) {
            double squares = 0;
            for (double each : head) {
                squares += each * each;
            }
            double[] result = new double[head.length];
            for (int i = 0; i < head.length; i++) {
                result[i] = head[i] / Math.sqrt(squares / head.length + 1e-6) * Tensors.get(queryScale, i, 0);
            }
            return result;
        }

        private static double[] rotated(double[] head, int position) {
            int half = head.length / 2;
            double[] result = new double[head.length];
            for (int i = 0; i < half; i++) {
                double angle = position * Math.pow(THETA, -2.0 * i / head.length);
                result[i] = head[i] * Math.cos(angle) - head[half + i] * Math.sin(angle);
                result[half + i] = head[half + i] * Math.cos(angle) + head[i] * Math.sin(angle);
            }
            return result;
        }
    }
}
