package dev.vidda.worker.doctor;

import dev.vidda.protocol.TokenLogprobs;
import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.sampling.DrawnToken;
import dev.vidda.worker.sampling.Sampler;
import dev.vidda.worker.step.SampleState;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs one decoder layer over the same steps on two devices with the same random weights, and compares what attention, the gated
 * unit and the head make of it. The blocks of a sequence are scattered over the cache.
 */
public final class LayerCheck implements AutoCloseable {
    private static final int BLOCK_TOKENS = 16;

    private final LayerShape shape;
    private final Random random;
    private final Arena arena = Arena.ofShared();
    private final LayerOnDevice reference;
    private final LayerOnDevice candidate;
    private final int maxTokens;
    private final int[] order;
    private int nextBlock;
    private double seconds;

    /** Relative errors |found - expected| / |expected| over all rows of a step. */
    public record Errors(double attended, double gated, double logits) {
        /** The largest of them; NaN if one is. */
        public double worst() {
            return Math.max(attended, Math.max(gated, logits));
        }
    }

    /** A sequence with its blocks and how much of it was computed. */
    public static final class Sequence {
        private final int[] ids;
        private final int[] table;
        private int done;

        private Sequence(int[] ids, int[] table) {
            this.ids = ids;
            this.table = table;
        }

        /** The tokens computed so far. */
        int[] computed() {
            return Arrays.copyOf(ids, done);
        }
    }

    /**
     * Takes both devices over, which have the same limits.
     *
     * @param blocks of 16 tokens, for all sequences together
     */
    public LayerCheck(LayerShape shape, Device reference, Device candidate, int blocks, long seed) {
        this.shape = shape;
        maxTokens = candidate.limits().maxTokens();
        random = new Random(seed);
        order = scattered(blocks, random);
        LayerTensors tensors = new LayerTensors(shape, random, arena);
        this.reference = new LayerOnDevice(reference, shape, tensors, blocks, BLOCK_TOKENS);
        this.candidate = new LayerOnDevice(candidate, shape, tensors, blocks, BLOCK_TOKENS);
    }

    private static int[] scattered(int blocks, Random random) {
        int[] order = IntStream.range(0, blocks).toArray();
        for (int i = blocks - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /** A new sequence of random tokens. */
    public Sequence sequence(int length) {
        int[] ids = random.ints(length, 0, shape.vocabulary()).toArray();
        int blocks = Math.ceilDiv(length, BLOCK_TOKENS);
        int[] table = IntStream.range(0, blocks).map(i -> order[nextBlock++]).toArray();
        return new Sequence(ids, table);
    }

    /** Computes the next {@code counts[i]} tokens of each sequence on both devices and compares; samples all of them. */
    public Errors step(List<Sequence> sequences, int... counts) {
        StepBatch batch = new StepBatch(maxTokens, sequences.size());
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                add(batch, sequences.get(i), counts[i], DrawnRow.GREEDY);
            }
        }
        reference.device.launch(batch, reference);
        reference.device.await();
        long start = System.nanoTime();
        candidate.device.launch(batch, candidate);
        candidate.device.await();
        seconds = (System.nanoTime() - start) / 1e9;
        return new Errors(
                error(side -> side.attended, batch.tokens()),
                error(side -> side.gated, batch.tokens()),
                error(side -> side.logits, batch.sampled()));
    }

    private static void add(StepBatch batch, Sequence s, int count, SampleState sample) {
        batch.add(s.ids, s.done, count, s.table, s.table.length, BLOCK_TOKENS, sample);
        s.done += count;
    }

    /** Seconds of the last step on the device that is checked, from launch to result. */
    public double seconds() {
        return seconds;
    }

    /** Computes the next {@code count} tokens without comparing; the reference leaves out what later tokens do not need. */
    public void skip(Sequence sequence, int count) {
        for (int done = 0; done < count; done += maxTokens) {
            StepBatch batch = new StepBatch(maxTokens, 1);
            int part = Math.min(maxTokens, count - done);
            batch.add(
                    sequence.ids,
                    sequence.done,
                    part,
                    sequence.table,
                    sequence.table.length,
                    BLOCK_TOKENS,
                    DrawnRow.GREEDY);
            sequence.done += part;
            reference.device.launch(batch, reference::fill);
            reference.device.await();
            candidate.device.launch(batch, candidate);
            candidate.device.await();
        }
    }

    /**
     * Decodes the last token of each sequence again, on the checked device alone; counts tokens and log probabilities other than
     * the host's sampler makes of the same logits.
     */
    public int wrongDraws(List<Sequence> sequences, Random draws) {
        List<DrawnRow> states = IntStream.range(0, sequences.size())
                .mapToObj(i -> DrawnRow.random(draws, i, sequences.get(i).computed(), shape.vocabulary()))
                .toList();
        // The first time for the logits as they are, the second time for the draws, which may change them.
        decodeAgain(sequences, _ -> DrawnRow.GREEDY);
        List<float[]> logits = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            logits.add(new float[shape.vocabulary()]);
            candidate.device.read(candidate.logits, i, logits.get(i));
        }
        StepResult result = decodeAgain(sequences, states::get);
        Sampler sampler = new Sampler(shape.vocabulary());
        int wrong = 0;
        for (int i = 0; i < sequences.size(); i++) {
            DrawnToken expected = sampler.draw(logits.get(i), 0, states.get(i));
            wrong += expected.token() == result.token(i) && same(expected.logprobs(), result.logprobs(i)) ? 0 : 1;
        }
        return wrong;
    }

    private StepResult decodeAgain(List<Sequence> sequences, IntFunction<SampleState> states) {
        StepBatch batch = new StepBatch(maxTokens, sequences.size());
        for (int i = 0; i < sequences.size(); i++) {
            sequences.get(i).done--;
            add(batch, sequences.get(i), 1, states.apply(i));
        }
        candidate.device.launch(batch, candidate);
        return candidate.device.await();
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

    private double error(Function<LayerOnDevice, Activation> which, int rows) {
        float[] expected = new float[which.apply(reference).width()];
        float[] found = new float[expected.length];
        double difference = 0;
        double norm = 0;
        for (int row = 0; row < rows; row++) {
            reference.device.read(which.apply(reference), row, expected);
            candidate.device.read(which.apply(candidate), row, found);
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow(found[i] - expected[i], 2);
                norm += Math.pow(expected[i], 2);
            }
        }
        return Math.sqrt(difference / norm);
    }

    @Override
    public void close() {
        reference.close();
        candidate.close();
        arena.close();
    }
}
