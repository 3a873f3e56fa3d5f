package dev.vidda.worker.bench;

import java.util.List;
import java.util.stream.Stream;

/**
 * What to measure.
 *
 * @param batches sequences that decode together, a row of the table each
 * @param contexts tokens that each sequence has when decoding begins, with every batch
 * @param output tokens that each sequence decodes while the clock runs
 * @param prefills lengths of prompts that are computed alone
 * @param requests requests of the first context's and the output's length that run through the engine as from clients, as many
 *     at a time as the largest batch; 0 for none
 */
public record BenchPlan(
        List<Integer> batches, List<Integer> contexts, int output, List<Integer> prefills, int requests) {
    /** Steps before the clock runs. */
    static final int WARM_UP = 16;

    public BenchPlan {
        batches = List.copyOf(batches);
        contexts = List.copyOf(contexts);
        prefills = List.copyOf(prefills);
        Stream.of(batches, contexts, prefills).flatMap(List::stream).forEach(BenchPlan::requirePositive);
        requirePositive(output);
        if (requests < 0) {
            throw new IllegalArgumentException("requests must not be negative, were " + requests);
        }
        if (batches.isEmpty() != contexts.isEmpty()) {
            throw new IllegalArgumentException(
                    "batches and contexts go together, were " + batches + " and " + contexts);
        }
        if (requests > 0 && batches.isEmpty()) {
            throw new IllegalArgumentException("requests need a batch and a context");
        }
    }

    private static void requirePositive(int value) {
        if (value < 1) {
            throw new IllegalArgumentException("batches, contexts, prompts and outputs must be positive, was " + value);
        }
    }

    /** The most sequences at a time. */
    public int mostSequences() {
        return batches.stream().mapToInt(Integer::intValue).max().orElse(1);
    }

    /** The most tokens of a sequence. */
    public int longest() {
        int decoding =
                contexts.stream().mapToInt(context -> tokens(context)).max().orElse(0);
        int prompt = prefills.stream().mapToInt(Integer::intValue).max().orElse(0);
        return Math.max(decoding, prompt + 1);
    }

    /** Tokens of a sequence that decodes from {@code context} on. */
    int tokens(int context) {
        return context + WARM_UP + output + 1;
    }
}
