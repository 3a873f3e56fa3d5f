package dev.vidda.gateway.admin.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * What is planned.
 *
 * @param gpus that share one copy of the model
 * @param kvBytes bytes of an element of the cache: 4, 2 or 1
 * @param context prompt and generated tokens of each request
 * @param concurrency requests at a time
 * @param batchTokens tokens that one step computes at most
 * @param kvShare share of the memory left beside weights and workspace that the cache gets
 */
public record PlanRequest(
        GpuType gpu,
        int gpus,
        ModelFacts model,
        Precision precision,
        int kvBytes,
        int context,
        int concurrency,
        int batchTokens,
        double kvShare) {
    /** Tokens of a step, unless said otherwise. */
    public static final int BATCH_TOKENS = 8192;

    /** What is left for others by default. */
    public static final double KV_SHARE = 0.9;

    public PlanRequest {
        require(gpus >= 1 && gpus <= 64, "gpus must be between 1 and 64", gpus);
        require(kvBytes == 1 || kvBytes == 2 || kvBytes == 4, "kvBytes must be 1, 2 or 4", kvBytes);
        require(context >= 2, "context must be at least 2", context);
        require(concurrency >= 1, "concurrency must be at least 1", concurrency);
        require(batchTokens >= 1, "batchTokens must be at least 1", batchTokens);
        require(kvShare > 0 && kvShare <= 1, "kvShare must be in (0, 1]", kvShare);
    }

    /** What Vidda does not serve yet of what is planned, in sentences; empty if it serves all of it. */
    public List<String> notServedYet() {
        List<String> notYet = new ArrayList<>();
        if (precision != Precision.BF16) {
            notYet.add(precision.name() + " weights are not served yet.");
        }
        if (gpus > 1) {
            notYet.add("A model over several GPUs is not served yet.");
        }
        if (model.latent()) {
            notYet.add("Models of the family of " + model.name() + " are not served yet.");
        }
        if (kvBytes == 1) {
            notYet.add("A KV cache of 8-bit elements is not served yet.");
        }
        return List.copyOf(notYet);
    }

    private static void require(boolean holds, String rule, Number value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", but it is " + value);
        }
    }
}
