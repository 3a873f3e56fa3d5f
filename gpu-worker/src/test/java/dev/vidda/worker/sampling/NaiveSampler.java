package dev.vidda.worker.sampling;

import dev.vidda.worker.step.SampleState;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The definition of the draw, written down as it is read: sorts everything, sums one by one, in big integers. */
final class NaiveSampler {
    private NaiveSampler() {}

    static int draw(float[] logits, SampleState state) {
        float temperature = state.sampling().temperature();
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, logits.length).boxed().toList());
        order.sort(
                Comparator.<Integer, Float>comparing(id -> -(logits[id] + 0f)).thenComparing(id -> id));
        if (temperature == 0) {
            return order.getFirst();
        }
        float largest = logits[order.getFirst()];
        int topK = state.sampling().topK();
        List<Integer> kept = order.subList(0, topK == 0 ? order.size() : Math.min(topK, order.size()));
        long mass = kept.stream()
                .mapToLong(id -> weight(logits[id], largest, temperature))
                .sum();
        if (state.sampling().topP() < 1) {
            long reach = Math.max(1, (long) Math.ceil((double) state.sampling().topP() * (double) mass));
            long sum = 0;
            int size = 0;
            while (sum < reach) {
                sum += weight(logits[kept.get(size++)], largest, temperature);
            }
            kept = kept.subList(0, size);
        }
        if (state.sampling().minP() > 0) {
            float limit = (float) -StrictMath.log(state.sampling().minP());
            kept = kept.stream()
                    .filter(id -> (largest - logits[id]) / temperature <= limit)
                    .toList();
        }
        mass = kept.stream()
                .mapToLong(id -> weight(logits[id], largest, temperature))
                .sum();
        long point = new BigInteger(Long.toUnsignedString(Philox.bits(state.seed(), state.generated())))
                .multiply(BigInteger.valueOf(mass))
                .shiftRight(64)
                .longValueExact();
        long sum = 0;
        for (int id : kept) {
            sum += weight(logits[id], largest, temperature);
            if (sum > point) {
                return id;
            }
        }
        throw new AssertionError("no token below " + point + " of " + mass);
    }

    private static long weight(float logit, float largest, float temperature) {
        float distance = (largest - logit) / temperature;
        return distance < Weight.NOTHING_FROM ? Weight.of(distance) : 0;
    }
}
