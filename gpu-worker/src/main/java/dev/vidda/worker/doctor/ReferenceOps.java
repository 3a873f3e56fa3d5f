package dev.vidda.worker.doctor;

import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.HeadTransform;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.Ops;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.Rope;
import dev.vidda.worker.device.StepProgram;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.doctor.ReferenceDevice.Matrix;
import dev.vidda.worker.doctor.ReferenceDevice.Rows;
import dev.vidda.worker.doctor.ReferenceDevice.Slots;
import dev.vidda.worker.sampling.DrawnToken;
import dev.vidda.worker.sampling.Sampler;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import org.jspecify.annotations.Nullable;

/** The operations of {@link ReferenceDevice}, as {@link Ops} defines them. */
final class ReferenceOps implements Ops {
    private StepBatch batch = new StepBatch(1, 1);
    private StepResult result = new StepResult(1);

    StepResult run(StepBatch newBatch, StepProgram program) {
        batch = newBatch;
        result = new StepResult(Math.max(1, newBatch.sampled()));
        program.run(this);
        return result;
    }

    @Override
    public void embed(Weight table, Activation x) {
        Matrix from = matrix(table);
        for (int r = 0; r < batch.tokens(); r++) {
            System.arraycopy(from.elements, batch.tokenIds()[r] * x.width(), rows(x)[r], 0, x.width());
        }
    }

    @Override
    public void normLinear(Activation x, RmsNorm norm, Weight weight, Activation out) {
        for (int r = 0; r < batch.tokens(); r++) {
            rows(out)[r] = linear(matrix(weight), normalised(rows(x)[r], 0, x.width(), norm));
        }
    }

    @Override
    public void addLinear(Activation in, Weight weight, Activation x) {
        for (int r = 0; r < batch.tokens(); r++) {
            float[] added = linear(matrix(weight), doubles(rows(in)[r]));
            for (int i = 0; i < added.length; i++) {
                rows(x)[r][i] += added[i];
            }
        }
    }

    @Override
    public void normGatedLinear(Activation x, RmsNorm norm, Weight gateUp, Activation out) {
        for (int r = 0; r < batch.tokens(); r++) {
            float[] both = linear(matrix(gateUp), normalised(rows(x)[r], 0, x.width(), norm));
            for (int i = 0; i < out.width(); i++) {
                double gate = both[i];
                rows(out)[r][i] = (float) (gate / (1 + Math.exp(-gate)) * both[out.width() + i]);
            }
        }
    }

    @Override
    public void rotateAndStore(Activation qkv, HeadTransform transform, KvBuffer kv, int layer) {
        AttentionShape shape = kv.shape();
        int dim = shape.headDim();
        for (int r = 0; r < batch.tokens(); r++) {
            float[] row = rows(qkv)[r];
            for (int head = 0; head < shape.heads() + shape.kvHeads(); head++) {
                RmsNorm norm = head < shape.heads() ? transform.queryNorm() : transform.keyNorm();
                rotate(row, head * dim, norm, transform.rope(), batch.positions()[r], dim);
            }
            int slot = batch.slots()[r];
            slots(kv).keys[layer][slot] = part(row, shape.queryWidth(), shape.kvWidth());
            slots(kv).values[layer][slot] = part(row, shape.queryWidth() + shape.kvWidth(), shape.kvWidth());
        }
    }

    private static void rotate(float[] row, int from, @Nullable RmsNorm norm, Rope rope, int position, int dim) {
        double[] head = norm == null ? doubles(part(row, from, dim)) : normalised(row, from, dim, norm);
        int half = dim / 2;
        for (int i = 0; i < half; i++) {
            // The angle is a float32 product, as the models were trained; see Rope.
            float angle = position * rope.frequency(i);
            double cosine = Math.cos(angle) * rope.magnitude();
            double sine = Math.sin(angle) * rope.magnitude();
            row[from + i] = (float) (head[i] * cosine - head[half + i] * sine);
            row[from + half + i] = (float) (head[half + i] * cosine + head[i] * sine);
        }
    }

    @Override
    public void attend(Activation qkv, KvBuffer kv, int layer, int window, Activation out) {
        for (int s = 0; s < batch.sequences(); s++) {
            for (int r = batch.queryStarts()[s]; r < batch.queryStarts()[s + 1]; r++) {
                int first = window == 0 ? 0 : Math.max(0, batch.positions()[r] - window + 1);
                for (int head = 0; head < kv.shape().heads(); head++) {
                    attend(
                            rows(qkv)[r],
                            head,
                            new Past(slots(kv), layer, s, first, batch.positions()[r]),
                            rows(out)[r]);
                }
            }
        }
    }

    /** The tokens {@code [first, last]} of a sequence, in a layer. */
    private record Past(Slots slots, int layer, int sequence, int first, int last) {}

    private void attend(float[] row, int head, Past past, float[] out) {
        AttentionShape shape = past.slots.shape();
        int dim = shape.headDim();
        int kvFrom = head / (shape.heads() / shape.kvHeads()) * dim;
        double[] scores = new double[past.last - past.first + 1];
        double largest = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < scores.length; t++) {
            float[] key = past.slots.keys[past.layer][slot(past, past.first + t)];
            double dot = 0;
            for (int i = 0; i < dim; i++) {
                dot += (double) row[head * dim + i] * key[kvFrom + i];
            }
            scores[t] = dot / Math.sqrt(dim);
            largest = Math.max(largest, scores[t]);
        }
        double[] sums = new double[dim];
        double total = 0;
        for (int t = 0; t < scores.length; t++) {
            float[] value = past.slots.values[past.layer][slot(past, past.first + t)];
            double weight = Math.exp(scores[t] - largest);
            total += weight;
            for (int i = 0; i < dim; i++) {
                sums[i] += weight * value[kvFrom + i];
            }
        }
        for (int i = 0; i < dim; i++) {
            out[head * dim + i] = (float) (sums[i] / total);
        }
    }

    private int slot(Past past, int token) {
        int blockTokens = past.slots.blockTokens();
        int block = batch.blockIds()[batch.blockStarts()[past.sequence] + token / blockTokens];
        return block * blockTokens + token % blockTokens;
    }

    @Override
    public void logits(Activation x, RmsNorm norm, Weight head, Activation logits) {
        for (int i = 0; i < batch.sampled(); i++) {
            float[] row = rows(x)[batch.sampleRows()[i]];
            rows(logits)[i] = linear(matrix(head), normalised(row, 0, x.width(), norm));
        }
    }

    @Override
    public void sample(Activation logits) {
        Sampler sampler = new Sampler(logits.width());
        for (int i = 0; i < batch.sampled(); i++) {
            DrawnToken drawn = sampler.draw(rows(logits)[i].clone(), 0, batch.samples()[i]);
            result.add(drawn.token(), drawn.logprobs());
        }
    }

    private static float[] linear(Matrix weight, double[] in) {
        float[] out = new float[weight.outputs()];
        for (int o = 0; o < out.length; o++) {
            double sum = weight.bias[o];
            for (int i = 0; i < in.length; i++) {
                sum += in[i] * weight.elements[o * in.length + i];
            }
            out[o] = (float) sum;
        }
        return out;
    }

    private static double[] normalised(float[] row, int from, int width, RmsNorm norm) {
        double squares = 0;
        for (int i = 0; i < width; i++) {
            squares += (double) row[from + i] * row[from + i];
        }
        double scale = 1 / Math.sqrt(squares / width + norm.epsilon());
        double[] out = new double[width];
        for (int i = 0; i < width; i++) {
            out[i] = row[from + i] * scale * matrix(norm.scale()).elements[i];
        }
        return out;
    }

    private static double[] doubles(float[] row) {
        double[] copy = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            copy[i] = row[i];
        }
        return copy;
    }

    private static float[] part(float[] row, int from, int width) {
        float[] part = new float[width];
        System.arraycopy(row, from, part, 0, width);
        return part;
    }

    static float[][] rows(Activation activation) {
        return ((Rows) activation).rows;
    }

    private static Matrix matrix(Weight weight) {
        return (Matrix) weight;
    }

    private static Slots slots(KvBuffer kv) {
        return (Slots) kv;
    }
}
