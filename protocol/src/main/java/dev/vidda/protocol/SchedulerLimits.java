package dev.vidda.protocol;

import java.util.Map;

/**
 * What may be admitted and what may wait. A change takes effect with the next decision; what was admitted stays.
 *
 * @param waitingRequests requests of one model that may wait; 0 for none
 * @param waitingPools blocks that the waiting requests of one model may need together, in multiples of its workers'
 *     pools; at least 1, so that whatever fits into a pool may wait when nobody else does
 * @param longestWaitMillis a request whose estimated wait is longer is refused; 0 for no limit
 * @param outputQuantile quantile of the output of a worker's requests together that is provided for, in (0, 1]; 1 commits
 *     all of the most new tokens. Less overcommits: it admits more, at the price of preemptions
 * @param mostPasses times that a request which does not fit lets smaller ones pass, before it gets a worker of its own
 * @param pendingMillis a worker with more prompt work ahead than this gets no further request; positive
 * @param itlTargetMillis time between two tokens that is kept for requests which name none; 0 for none
 * @param softTtftTargetMillis a waiting request whose first token can no longer come so soon after its arrival goes behind those
 *     whose can; 0 for order of arrival
 * @param longestContexts the most prompt and generated tokens of one request, by model; absent for the workers' own limit
 */
public record SchedulerLimits(
        int waitingRequests,
        double waitingPools,
        long longestWaitMillis,
        double outputQuantile,
        int mostPasses,
        long pendingMillis,
        long itlTargetMillis,
        long softTtftTargetMillis,
        Map<String, Integer> longestContexts)
        implements Wire {
    public SchedulerLimits {
        require(waitingRequests >= 0, "waitingRequests must not be negative", waitingRequests);
        require(waitingPools >= 1, "waitingPools must be at least 1", waitingPools);
        require(longestWaitMillis >= 0, "longestWaitMillis must not be negative", longestWaitMillis);
        require(outputQuantile > 0 && outputQuantile <= 1, "outputQuantile must be in (0, 1]", outputQuantile);
        require(mostPasses >= 0, "mostPasses must not be negative", mostPasses);
        require(pendingMillis >= 1, "pendingMillis must be at least 1", pendingMillis);
        require(itlTargetMillis >= 0, "itlTargetMillis must not be negative", itlTargetMillis);
        require(softTtftTargetMillis >= 0, "softTtftTargetMillis must not be negative", softTtftTargetMillis);
        longestContexts = Map.copyOf(longestContexts);
        longestContexts.forEach((model, tokens) ->
                require(tokens >= 2, "the longest context of " + model + " must be at least 2", tokens));
    }

    private static void require(boolean holds, String rule, Number value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", was " + value);
        }
    }
}
