package dev.vidda.worker.device.cuda;

import dev.vidda.protocol.Sampling;
import dev.vidda.worker.weights.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Checks every kernel against the CPU device on a machine with a GPU and no Maven:
 * {@code java -cp ... dev.vidda.worker.device.cuda.GpuDriver [draws]}.
 */
public final class GpuDriver {
    /** Largest relative error of 16-bit activations after one layer. */
    static final double TOLERANCE = 1.5e-2;

    static final List<LayerCheck.Shape> SHAPES = List.of(
            new LayerCheck.Shape(256, 4, 2, 64, 320, 1000, 0, DType.BF16),
            new LayerCheck.Shape(1024, 32, 8, 128, 3072, 4096, 0, DType.BF16),
            new LayerCheck.Shape(160, 5, 1, 64, 352, 777, 40, DType.F16),
            new LayerCheck.Shape(512, 16, 1, 128, 1024, 2048, 100, DType.BF16),
            new LayerCheck.Shape(512, 24, 8, 128, 1152, 2048, 0, DType.F16));

    private boolean failed;

    private GpuDriver() {}

    public static void main(String[] args) {
        GpuDriver driver = new GpuDriver();
        for (LayerCheck.Shape shape : SHAPES) {
            if (args.length > 0 && args[0].equals("draws")) {
                driver.checkDraws(shape);
            } else {
                driver.check(shape);
            }
        }
        System.exit(driver.failed ? 1 : 0);
    }

    private void checkDraws(LayerCheck.Shape shape) {
        try (LayerCheck check = new LayerCheck(shape, 1200, 300, 7)) {
            decodeMany(check);
        }
    }

    private void check(LayerCheck.Shape shape) {
        System.out.println(shape);
        try (LayerCheck check = new LayerCheck(shape, 1200, 300, 7)) {
            List<LayerCheck.Sequence> one = List.of(check.sequence(40));
            report("first token", check.step(one, 1));
            report("second token, replayed", check.step(one, 1));
            report("rows 7", check.step(one, 7));
            List<LayerCheck.Sequence> few =
                    List.of(check.sequence(60), check.sequence(20), check.sequence(400), check.sequence(64));
            report("rows 1 + 3 + 200 + 0", check.step(few, 1, 3, 200, 0));
            report("rows 17 + 1 + 1 + 13", check.step(few, 17, 1, 1, 13));
            report("decode 4", check.step(few, 1, 1, 1, 1));
            report("decode 3 + chunk 129", check.step(few, 1, 1, 129, 1));
            for (int rows : new int[] {8, 9, 16, 31, 32, 33, 64, 65, 100, 128, 129, 255, 256, 257, 600}) {
                report("prefill " + rows, check.step(List.of(check.sequence(rows + 1)), rows));
            }
            decodeMany(check);
            LayerCheck.Sequence large = check.sequence(9000);
            for (int i = 0; i < 7; i++) {
                report("chunk " + i + " of 1200", check.step(List.of(large), 1200));
            }
            report("decode after 8400", check.step(List.of(large), 1));
            report("decode after 8401, mixed with 50", check.step(List.of(large, check.sequence(50)), 1, 50));
        }
    }

    private void decodeMany(LayerCheck check) {
        for (int count : new int[] {12, 24, 40, 100, 200, 290}) {
            List<LayerCheck.Sequence> many = new ArrayList<>();
            int[] prompts = new int[count];
            int[] ones = new int[count];
            for (int i = 0; i < count; i++) {
                prompts[i] = 1 + i % 4;
                ones[i] = 1;
                many.add(check.sequence(20));
            }
            report("prompts of 1 to 4 of " + count, check.step(many, prompts));
            report("decode " + count, check.step(many, ones));
            List<FrozenSample> states = new ArrayList<>();
            Random random = new Random(count);
            for (int i = 0; i < count; i++) {
                int[] ids = many.get(i).computed();
                Sampling sampling = sampling(random, i, ids);
                states.add(new FrozenSample(sampling, random.nextLong(), ids, random.nextInt(ids.length)));
            }
            int wrong = check.wrongDraws(many, states);
            failed |= wrong > 0;
            System.out.printf(Locale.ROOT, "  %-40s %d of %d draws wrong%n", "samples " + count, wrong, count);
        }
    }

    private static Sampling sampling(Random random, int index, int[] ids) {
        float temperature = index % 5 == 0 ? 0 : 0.2f + 1.5f * random.nextFloat();
        float topP = index % 3 == 0 ? 1 : 0.3f + 0.7f * random.nextFloat();
        int topK = index % 4 == 0 ? 0 : 1 + random.nextInt(60);
        float minP = index % 7 == 0 ? 0.05f : 0;
        boolean penalized = index % 2 == 0;
        Map<Integer, Float> bias = index % 6 == 0 ? new HashMap<>(Map.of(701, 2.5f, 702, -4f)) : new HashMap<>();
        if (index % 12 == 0) {
            bias.put(ids[0], 3f);
        }
        int topLogprobs = index % 8 < 5 ? -1 : index % 8 == 5 ? 0 : 1 + random.nextInt(128);
        return new Sampling(
                temperature,
                topK,
                topP,
                minP,
                penalized ? 0.7f + random.nextFloat() : 1,
                penalized ? random.nextFloat() - 0.5f : 0,
                penalized ? random.nextFloat() - 0.5f : 0,
                bias,
                random.nextLong(),
                index % 9 == 0 ? List.of(3, 44, 5) : List.of(),
                index % 9 == 0 ? 10000 : 0,
                64,
                topLogprobs);
    }

    private void report(String what, LayerCheck.Errors errors) {
        boolean good = errors.worst() < TOLERANCE;
        failed |= !good;
        System.out.printf(
                Locale.ROOT,
                "  %-40s attended %.2e gated %.2e logits %.2e %s%n",
                what,
                errors.attended(),
                errors.gated(),
                errors.logits(),
                good ? "" : "FAILED");
    }
}
