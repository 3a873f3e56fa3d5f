package dev.vidda.worker.engine;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.TokenLogprobs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Requests of random lengths that arrive while others run, some of which are cancelled midway; what each generated, and how
 * that compares with another run of the same requests.
 */
final class MixedLoad {
    /**
     * What the load is made of.
     *
     * @param requests how many
     * @param longest tokens of the longest prompt; lengths are drawn by their logarithm, so that short ones are the most
     * @param mostNew most generated tokens of a request
     * @param arrivalsPerStep mean number of requests that arrive in a step
     * @param cancelled share of the requests that is cancelled midway
     */
    record Shape(int requests, int longest, int mostNew, int vocabulary, double arrivalsPerStep, double cancelled) {}

    /** A request, and after how many of its tokens it is cancelled, or never. */
    private record Planned(GenerationRequest request, int cancelAfter) {}

    /** What one request generated, with the gap between the two most likely tokens where it is known. */
    static final class Generated {
        private int[] tokens = new int[16];
        private float[] margins = new float[16];
        private int size;

        private void add(int token, List<TokenLogprobs> logprobs) {
            if (size == tokens.length) {
                tokens = Arrays.copyOf(tokens, 2 * size);
                margins = Arrays.copyOf(margins, 2 * size);
            }
            tokens[size] = token;
            margins[size++] =
                    logprobs.isEmpty() || logprobs.getFirst().topLogprobs().size() < 2
                            ? Float.POSITIVE_INFINITY
                            : logprobs.getFirst().topLogprobs().get(0)
                                    - logprobs.getFirst().topLogprobs().get(1);
        }
    }

    /**
     * Two runs compared, as far as both went.
     *
     * @param compared requests
     * @param equal those with the same tokens
     * @param widestMargin of the first token that differs, in any request: 0 if all are equal
     */
    record Comparison(int compared, int equal, double widestMargin) {}

    private static final int NEVER = Integer.MAX_VALUE;

    private final Shape shape;
    private final long seed;
    private final List<Planned> planned = new ArrayList<>();

    /** @param greedy all greedy with the two most likely tokens' log probabilities, else every kind of sampling */
    MixedLoad(Shape shape, boolean greedy, long seed) {
        this.shape = shape;
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < shape.requests(); i++) {
            int length = (int) Math.exp(random.nextDouble() * Math.log(shape.longest()));
            int[] prompt = random.ints(length, 0, shape.vocabulary()).toArray();
            int newTokens = random.nextInt(1, shape.mostNew() + 1);
            Sampling sampling = greedy ? greedy(newTokens) : sampling(random, newTokens);
            GenerationRequest request = new GenerationRequest("r" + i, TokenIds.of(prompt), 1, sampling, "");
            boolean cancel = random.nextDouble() < shape.cancelled();
            planned.add(new Planned(request, cancel ? random.nextInt(newTokens) : NEVER));
        }
    }

    private static Sampling greedy(int newTokens) {
        return new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, List.of(), 0, newTokens, 2);
    }

    private Sampling sampling(SplittableRandom random, int newTokens) {
        boolean penalized = random.nextBoolean();
        return new Sampling(
                random.nextInt(3) == 0 ? 0 : random.nextFloat(1.5f),
                random.nextInt(3) == 0 ? random.nextInt(1, 50) : 0,
                random.nextBoolean() ? 0.9f : 1,
                random.nextInt(4) == 0 ? 0.05f : 0,
                penalized ? 1.1f : 1,
                penalized ? 0.2f : 0,
                penalized ? 0.1f : 0,
                random.nextInt(4) == 0 ? Map.of(random.nextInt(shape.vocabulary()), 2f) : Map.of(),
                random.nextLong(),
                List.of(random.nextInt(shape.vocabulary()), random.nextInt(shape.vocabulary())),
                random.nextInt(4) == 0 ? 5 : 0,
                newTokens,
                random.nextInt(4) == 0 ? 3 : -1);
    }

    int size() {
        return planned.size();
    }

    /** Prompt tokens of all requests. */
    long promptTokens() {
        return planned.stream()
                .mapToLong(each -> each.request().prompt().size())
                .sum();
    }

    /** One after the other, each alone; the first {@code count} of them. */
    Map<String, Generated> alone(Engine engine, int count) {
        Map<String, Generated> results = new HashMap<>();
        for (Planned each : planned.subList(0, count)) {
            add(engine, each);
            while (engine.hasWork()) {
                collect(engine.step(), results);
            }
        }
        return results;
    }

    /** All of them as they arrive, until the last one has ended. */
    Map<String, Generated> together(Engine engine, Runnable afterEachStep) {
        SplittableRandom random = new SplittableRandom(seed + 1);
        Map<String, Generated> results = new HashMap<>();
        Deque<Planned> coming = new ArrayDeque<>(planned);
        Set<String> ended = new HashSet<>();
        while (!coming.isEmpty() || engine.hasWork()) {
            while (!coming.isEmpty() && (random.nextDouble() < shape.arrivalsPerStep() || !engine.hasWork())) {
                add(engine, coming.removeFirst());
            }
            List<TokenDelta> deltas = engine.step();
            collect(deltas, results);
            deltas.forEach(delta -> delta.finish().ifPresent(finish -> ended.add(delta.requestId())));
            for (TokenDelta delta : deltas) {
                Planned each = planned.get(Integer.parseInt(delta.requestId().substring(1)));
                if (delta.firstIndex() >= each.cancelAfter() && !ended.contains(delta.requestId())) {
                    engine.cancel(delta.requestId());
                    ended.add(delta.requestId());
                }
            }
            afterEachStep.run();
        }
        if (ended.size() != planned.size()) {
            throw new AssertionError(ended.size() + " of " + planned.size() + " requests have ended");
        }
        return results;
    }

    private static void add(Engine engine, Planned each) {
        if (engine.add(each.request()) instanceof AddResult.Refused refused) {
            throw new AssertionError(each.request().id() + " was refused: " + refused.message());
        }
    }

    private static void collect(List<TokenDelta> deltas, Map<String, Generated> results) {
        for (TokenDelta delta : deltas) {
            if (!delta.tokens().isEmpty()) {
                results.computeIfAbsent(delta.requestId(), id -> new Generated())
                        .add(delta.tokens().get(0), delta.logprobs());
            }
        }
    }

    /** Compares requests that both runs know; one that was cancelled, as far as it got. */
    Comparison compare(Map<String, Generated> expected, Map<String, Generated> found) {
        int compared = 0;
        int equal = 0;
        double widest = 0;
        for (Map.Entry<String, Generated> entry : expected.entrySet()) {
            Generated other = found.get(entry.getKey());
            if (other == null) {
                continue;
            }
            compared++;
            Generated one = entry.getValue();
            boolean cancelled =
                    planned.get(Integer.parseInt(entry.getKey().substring(1))).cancelAfter() != NEVER;
            int length = Math.min(one.size, other.size);
            int same = Arrays.mismatch(one.tokens, 0, length, other.tokens, 0, length);
            if (same >= 0) {
                widest = Math.max(widest, one.margins[same]);
            } else if (cancelled || one.size == other.size) {
                equal++;
            } else {
                widest = Double.POSITIVE_INFINITY;
            }
        }
        return new Comparison(compared, equal, widest);
    }
}
