package dev.vidda.worker.device.cuda;

import dev.vidda.protocol.TokenLogprobs;
import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.HeadTransform;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.Ops;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.RopeScaling;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.device.StepProgram;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.device.cpu.CpuDevice;
import dev.vidda.worker.sampling.DrawnToken;
import dev.vidda.worker.sampling.Sampler;
import dev.vidda.worker.step.SampleState;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import dev.vidda.worker.weights.DType;
import dev.vidda.worker.weights.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs one decoder layer over the same steps on the CUDA device and on the CPU device (float32 activations, the same
 * weights), and compares what attention, the gated unit and the head make of it.
 */
final class LayerCheck implements AutoCloseable {
    static final int BLOCKS = 4096;

    /** A layer and how it is run. */
    record Shape(
            int hidden, int heads, int kvHeads, int headDim, int intermediate, int vocabulary, int window, DType type) {
        AttentionShape attention() {
            return new AttentionShape(heads, kvHeads, headDim);
        }
    }

    /** Relative errors |found - expected| / |expected| over all rows. */
    record Errors(double attended, double gated, double logits) {
        double worst() {
            return Double.isNaN(attended + gated + logits) ? Double.NaN : Math.max(attended, Math.max(gated, logits));
        }
    }

    private final Shape shape;
    private final Random random;
    private final Arena arena = Arena.ofShared();
    private final List<Side> sides;
    private final int maxTokens;
    private final int[] order;
    private int nextBlock;

    LayerCheck(Shape shape, int maxTokens, int maxSequences, long seed) {
        this.shape = shape;
        this.maxTokens = maxTokens;
        random = new Random(seed);
        order = IntStream.range(0, BLOCKS).toArray();
        for (int i = BLOCKS - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        Tensors tensors = new Tensors();
        StepLimits limits = new StepLimits(maxTokens, maxSequences, 65536);
        int threads = Runtime.getRuntime().availableProcessors();
        sides = List.of(
                new Side(new CpuDevice(threads, limits), tensors), new Side(new CudaDevice(0, limits, false), tensors));
    }

    /** A sequence with its blocks and how much of it was computed. */
    final class Sequence {
        private final int[] ids;
        private final int[] table;
        private int done;

        /** The tokens computed so far. */
        int[] computed() {
            return Arrays.copyOf(ids, done);
        }

        Sequence(int length) {
            ids = IntStream.range(0, length)
                    .map(i -> random.nextInt(shape.vocabulary()))
                    .toArray();
            table = IntStream.range(0, Math.ceilDiv(length, 16))
                    .map(i -> order[nextBlock++])
                    .toArray();
        }
    }

    Sequence sequence(int length) {
        return new Sequence(length);
    }

    /** Computes the next {@code counts[i]} tokens of each sequence on both devices and compares; samples all of them. */
    Errors step(List<Sequence> sequences, int... counts) {
        StepBatch batch = new StepBatch(maxTokens, sequences.size());
        for (int i = 0; i < counts.length; i++) {
            Sequence s = sequences.get(i);
            if (counts[i] > 0) {
                batch.add(s.ids, s.done, counts[i], s.table, s.table.length, 16, GreedySample.INSTANCE);
                s.done += counts[i];
            }
        }
        sides.forEach(side -> {
            side.device.launch(batch, side);
            side.device.await();
        });
        return new Errors(
                error(side -> side.attended, batch.tokens()),
                error(side -> side.gated, batch.tokens()),
                error(side -> side.logits, batch.sampled()));
    }

    /**
     * Decodes one token of each sequence on the GPU alone; counts tokens and log probabilities other than the host's sampler
     * makes of the same logits.
     */
    int wrongDraws(List<Sequence> sequences, List<? extends SampleState> states) {
        Side gpu = sides.get(1);
        // The first time for the logits as they are, the second time for the draws, which may change them.
        decode(gpu, sequences, i -> GreedySample.INSTANCE);
        List<float[]> logits = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            logits.add(new float[shape.vocabulary()]);
            gpu.device.read(gpu.logits, i, logits.get(i));
        }
        StepResult result = decode(gpu, sequences, states::get);
        Sampler sampler = new Sampler(shape.vocabulary());
        int wrong = 0;
        for (int i = 0; i < sequences.size(); i++) {
            DrawnToken expected = sampler.draw(logits.get(i), 0, states.get(i));
            wrong += expected.token() == result.token(i) && same(expected.logprobs(), result.logprobs(i)) ? 0 : 1;
        }
        return wrong;
    }

    private StepResult decode(Side side, List<Sequence> sequences, IntFunction<SampleState> states) {
        StepBatch batch = new StepBatch(maxTokens, sequences.size());
        for (int i = 0; i < sequences.size(); i++) {
            Sequence s = sequences.get(i);
            batch.add(s.ids, s.done - 1, 1, s.table, s.table.length, 16, states.apply(i));
        }
        side.device.launch(batch, side);
        return side.device.await();
    }

    private static boolean same(@Nullable TokenLogprobs expected, @Nullable TokenLogprobs found) {
        if (expected == null || found == null) {
            return expected == found;
        }
        boolean same = expected.topTokens().equals(found.topTokens()) && close(expected.chosen(), found.chosen());
        for (int i = 0; same && i < expected.topLogprobs().size(); i++) {
            same = close(expected.topLogprobs().get(i), found.topLogprobs().get(i));
        }
        return same;
    }

    /** But for the order of a sum of doubles. */
    private static boolean close(float expected, float found) {
        return Math.abs(expected - found) <= Math.ulp(expected);
    }

    private interface Which {
        Activation of(Side side);
    }

    private double error(Which which, int rows) {
        float[] expected = new float[which.of(sides.get(0)).width()];
        float[] found = new float[expected.length];
        double difference = 0;
        double norm = 0;
        for (int row = 0; row < rows; row++) {
            sides.get(0).device.read(which.of(sides.get(0)), row, expected);
            sides.get(1).device.read(which.of(sides.get(1)), row, found);
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow(found[i] - expected[i], 2);
                norm += Math.pow(expected[i], 2);
            }
        }
        return Math.sqrt(difference / norm);
    }

    @Override
    public void close() {
        sides.forEach(Side::close);
        arena.close();
    }

    /** The weights, drawn once. */
    private final class Tensors {
        final HostTensor embedding = matrix(shape.vocabulary(), shape.hidden());
        final HostTensor queries = matrix(shape.attention().queryWidth(), shape.hidden());
        final HostTensor keys = matrix(shape.attention().kvWidth(), shape.hidden());
        final HostTensor values = matrix(shape.attention().kvWidth(), shape.hidden());
        final List<HostTensor> biases = List.of(
                vector(shape.attention().queryWidth(), 0),
                vector(shape.attention().kvWidth(), 0),
                vector(shape.attention().kvWidth(), 0));
        final HostTensor output = matrix(shape.hidden(), shape.attention().queryWidth());
        final HostTensor gate = matrix(shape.intermediate(), shape.hidden());
        final HostTensor up = matrix(shape.intermediate(), shape.hidden());
        final List<HostTensor> gatedBiases = List.of(vector(shape.intermediate(), 0), vector(shape.intermediate(), 0));
        final HostTensor down = matrix(shape.hidden(), shape.intermediate());
        final HostTensor norm = vector(shape.hidden(), 1);
        final HostTensor headNorm = vector(shape.headDim(), 1);

        private HostTensor matrix(int rows, int columns) {
            return tensor(List.of(rows, columns), (long) rows * columns, 0, 1 / Math.sqrt(columns));
        }

        private HostTensor vector(int elements, double mean) {
            return tensor(List.of(elements), elements, mean, 0.2);
        }

        private HostTensor tensor(List<Integer> extents, long elements, double mean, double deviation) {
            MemorySegment data = arena.allocate(elements * 2, 64);
            for (long i = 0; i < elements; i++) {
                float value = (float) (mean + deviation * random.nextGaussian());
                short bits = shape.type() == DType.F16
                        ? Float.floatToFloat16(value)
                        : (short) (Float.floatToRawIntBits(value) >>> 16);
                data.setAtIndex(ValueLayout.JAVA_SHORT, i, bits);
            }
            return new HostTensor("test", shape.type(), extents, data);
        }
    }

    /** The layer on one device. */
    private final class Side implements StepProgram, AutoCloseable {
        final Device device;
        private final List<Weight> owned = new ArrayList<>();
        private final Weight embedding;
        private final Weight queryKeyValue;
        private final Weight output;
        private final Weight gateUp;
        private final Weight down;
        private final RmsNorm norm;
        private final HeadTransform heads;
        private final KvBuffer kv;
        private final Activation x;
        private final Activation qkv;
        final Activation attended;
        final Activation gated;
        final Activation logits;

        Side(Device device, Tensors tensors) {
            this.device = device;
            embedding = own(device.loadLinear(List.of(tensors.embedding), List.of()));
            queryKeyValue =
                    own(device.loadLinear(List.of(tensors.queries, tensors.keys, tensors.values), tensors.biases));
            output = own(device.loadLinear(List.of(tensors.output), List.of()));
            gateUp = own(device.loadGated(tensors.gate, tensors.up, tensors.gatedBiases));
            down = own(device.loadLinear(List.of(tensors.down), List.of()));
            norm = new RmsNorm(own(device.loadVector(tensors.norm)), 1e-6f);
            RmsNorm headNorm = new RmsNorm(own(device.loadVector(tensors.headNorm)), 1e-6f);
            heads = new HeadTransform(new RopeScaling.Default().rope(shape.headDim(), 1e6), headNorm, headNorm);
            kv = device.kv(shape.attention(), 2, BLOCKS, 16);
            x = device.tokenRows(shape.hidden());
            qkv = device.tokenRows(shape.attention().qkvWidth());
            attended = device.tokenRows(shape.attention().queryWidth());
            gated = device.tokenRows(shape.intermediate());
            logits = device.sampleRows(shape.vocabulary());
        }

        private Weight own(Weight weight) {
            owned.add(weight);
            return weight;
        }

        @Override
        public void run(Ops ops) {
            ops.embed(embedding, x);
            ops.normLinear(x, norm, queryKeyValue, qkv);
            ops.rotateAndStore(qkv, heads, kv, 1);
            ops.attend(qkv, kv, 1, shape.window(), attended);
            ops.addLinear(attended, output, x);
            ops.normGatedLinear(x, norm, gateUp, gated);
            ops.addLinear(gated, down, x);
            ops.logits(x, norm, embedding, logits);
            ops.sample(logits);
        }

        @Override
        public void close() {
            for (Activation activation : List.of(x, qkv, attended, gated, logits)) {
                activation.close();
            }
            kv.close();
            owned.forEach(Weight::close);
            device.close();
        }
    }
}
