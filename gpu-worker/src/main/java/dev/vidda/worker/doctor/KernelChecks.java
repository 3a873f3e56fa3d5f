package dev.vidda.worker.doctor;

import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.doctor.Finding.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Every operation of a device at awkward sizes, against another device; one finding for each shape of layer and kind of step. */
final class KernelChecks {
    private static final int LONGEST = 140_000;

    private final String part;
    private final Function<StepLimits, Device> reference;
    private final Function<StepLimits, Device> candidate;
    private final Sizes sizes;
    private final Consumer<Finding> findings;

    /**
     * What is tried.
     *
     * @param tolerance largest relative error
     * @param prompts lengths of prompts that are computed alone
     * @param batches numbers of sequences that decode together
     * @param longPrompt tokens of a prompt that is computed in chunks and compared throughout
     * @param longContext tokens that a sequence has before its last chunk and one more token are compared; 0 for none
     */
    record Sizes(double tolerance, int maxTokens, int[] prompts, int[] batches, int longPrompt, int longContext) {
        int maxSequences() {
            return Math.max(4, IntStream.of(batches).max().orElse(1));
        }
    }

    /**
     * Compares {@code candidate} with {@code reference}; both open a device.
     *
     * @param part the device's name in findings
     */
    KernelChecks(
            String part,
            Function<StepLimits, Device> reference,
            Function<StepLimits, Device> candidate,
            Sizes sizes,
            Consumer<Finding> findings) {
        this.part = part;
        this.reference = reference;
        this.candidate = candidate;
        this.sizes = sizes;
        this.findings = findings;
    }

    /** A kind of step with what came out of it. */
    private final class Group {
        private final String name;
        private int steps;
        private int wrongDraws;
        private int draws;
        private double worst;
        private double millis;

        Group(String name) {
            this.name = name;
        }

        void add(LayerCheck check, LayerCheck.Errors errors) {
            steps++;
            worst = Math.max(worst, errors.worst());
            millis = 1e3 * check.seconds();
        }

        void report() {
            boolean draw = draws > 0;
            boolean good = draw ? wrongDraws == 0 : worst <= sizes.tolerance;
            String detail =
                    draw ? wrongDraws + " of " + draws + " draws are wrong" : steps + (steps == 1 ? " step" : " steps");
            findings.accept(new Finding(
                    part,
                    name,
                    good ? Status.PASS : Status.FAIL,
                    detail,
                    draw ? OptionalDouble.empty() : OptionalDouble.of(worst),
                    draw ? OptionalDouble.empty() : OptionalDouble.of(millis)));
        }
    }

    /** Runs all of it on a layer; a device that fails is a finding, too. */
    void run(LayerShape shape) {
        int decoding = IntStream.of(sizes.batches).map(batch -> 2 * batch).sum();
        int alone = IntStream.of(sizes.prompts).map(prompt -> prompt / 16 + 1).sum();
        int blocks = 256 + alone + 2 * decoding + sizes.longPrompt / 16;
        try (LayerCheck check = open(shape, blocks, sizes.maxSequences(), 65_536)) {
            few(check, shape);
            alone(check, shape);
            decodeMany(check, shape);
            longPrompt(check, shape);
        } catch (DeviceException | IllegalStateException | IllegalArgumentException e) {
            findings.accept(Finding.fail(part, shape.toString(), String.valueOf(e.getMessage())));
        }
    }

    /** The end of a context of {@link Sizes#longContext} tokens. */
    void runLong(LayerShape shape) {
        Group group = new Group("%s: after %,d tokens".formatted(shape, sizes.longContext));
        try (LayerCheck check = open(shape, sizes.longContext / 16 + 16, 4, LONGEST)) {
            LayerCheck.Sequence sequence = check.sequence(sizes.longContext + 80);
            check.skip(sequence, sizes.longContext);
            group.add(check, check.step(List.of(sequence), 67));
            group.add(check, check.step(List.of(sequence), 1));
            group.add(check, check.step(List.of(sequence), 1));
            group.report();
        } catch (DeviceException | IllegalStateException | IllegalArgumentException e) {
            findings.accept(Finding.fail(part, group.name, String.valueOf(e.getMessage())));
        }
    }

    private LayerCheck open(LayerShape shape, int blocks, int sequences, int longest) {
        StepLimits limits = new StepLimits(sizes.maxTokens, sequences, longest);
        return new LayerCheck(shape, reference.apply(limits), candidate.apply(limits), blocks, 7);
    }

    private void few(LayerCheck check, LayerShape shape) {
        Group group = new Group(shape + ": prompts and decoding mixed");
        List<LayerCheck.Sequence> one = List.of(check.sequence(40));
        group.add(check, check.step(one, 1));
        group.add(check, check.step(one, 1));
        group.add(check, check.step(one, 7));
        List<LayerCheck.Sequence> few =
                List.of(check.sequence(60), check.sequence(20), check.sequence(400), check.sequence(64));
        group.add(check, check.step(few, 1, 3, 200, 0));
        group.add(check, check.step(few, 17, 1, 1, 13));
        group.add(check, check.step(few, 1, 1, 1, 1));
        group.add(check, check.step(few, 1, 1, 129, 1));
        group.add(check, check.step(few, 1, 1, 1, 1));
        group.report();
    }

    private void alone(LayerCheck check, LayerShape shape) {
        Group group = new Group("%s: prompts of %d to %d".formatted(shape, first(sizes.prompts), last(sizes.prompts)));
        for (int rows : sizes.prompts) {
            group.add(check, check.step(List.of(check.sequence(rows + 1)), rows));
        }
        group.report();
    }

    private void decodeMany(LayerCheck check, LayerShape shape) {
        String batches = String.format(Locale.ROOT, "%d to %d", first(sizes.batches), last(sizes.batches));
        Group decoding = new Group(shape + ": decoding " + batches);
        Group draws = new Group(shape + ": sampling");
        for (int count : sizes.batches) {
            List<LayerCheck.Sequence> many = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                many.add(check.sequence(20));
            }
            decoding.add(
                    check,
                    check.step(
                            many, IntStream.range(0, count).map(i -> 1 + i % 4).toArray()));
            decoding.add(
                    check,
                    check.step(many, IntStream.generate(() -> 1).limit(count).toArray()));
            draws.wrongDraws += check.wrongDraws(many, new Random(count));
            draws.draws += count;
        }
        decoding.report();
        draws.report();
    }

    private void longPrompt(LayerCheck check, LayerShape shape) {
        Group group = new Group("%s: %,d tokens in chunks, and after them".formatted(shape, sizes.longPrompt));
        LayerCheck.Sequence large = check.sequence(sizes.longPrompt + 16);
        for (int done = 0; done < sizes.longPrompt; done += sizes.maxTokens) {
            group.add(check, check.step(List.of(large), Math.min(sizes.maxTokens, sizes.longPrompt - done)));
        }
        group.add(check, check.step(List.of(large), 1));
        group.add(check, check.step(List.of(large, check.sequence(60)), 1, 50));
        group.report();
    }

    private static int first(int[] values) {
        return values[0];
    }

    private static int last(int[] values) {
        return values[values.length - 1];
    }
}
