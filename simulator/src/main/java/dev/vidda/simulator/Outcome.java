package dev.vidda.simulator;

import dev.vidda.protocol.Tenant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of a trace under a policy.
 *
 * @param good requests whose answer met the targets
 * @param goodPerSecond of them, for each second in which requests arrived
 * @param ttft time to first token, in milliseconds, of requests that got one
 * @param itl mean time between two tokens of each request, in milliseconds
 * @param fairness Jain's index over the tenants' served tokens by weight, in the time in which requests arrived; 1 is fair
 * @param shares of each tenant: tokens served in that time
 * @param interrupted whether the run was ended early: then these are the requests that had ended
 */
public record Outcome(
        String trace,
        String policy,
        int requests,
        int ended,
        int refused,
        int good,
        double goodPerSecond,
        Distribution ttft,
        Distribution itl,
        double cachedShare,
        Work work,
        double fairness,
        Map<String, Long> shares,
        List<Moment> moments,
        boolean interrupted) {

    /** What the workers did. */
    public record Work(long steps, long computedTokens, long preemptions, long preemptedTokens, double seconds) {
        /** Share of all computed tokens that were computed anew after a preemption. */
        public double preemptedShare() {
            return computedTokens == 0 ? 0 : (double) preemptedTokens / computedTokens;
        }
    }

    /** One look at the cluster: seconds, share of the KV blocks in use, requests that the policy holds back, tokens so far. */
    public record Moment(double seconds, double kvUse, int waiting, long endedTokens) {}

    /** Percentiles, in milliseconds; none of them is a number if there are no values. */
    public record Distribution(double p50, double p90, double p99, double mean) {
        static Distribution of(double[] values) {
            if (values.length == 0) {
                return new Distribution(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
            }
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return new Distribution(
                    at(sorted, 0.5),
                    at(sorted, 0.9),
                    at(sorted, 0.99),
                    Arrays.stream(sorted).average().orElse(0));
        }

        private static double at(double[] sorted, double share) {
            return sorted[(int) Math.min(sorted.length - 1L, (long) Math.floor(share * sorted.length))];
        }
    }

    /** Share of the requests that were good. */
    public double attainment() {
        return requests == 0 ? 1 : (double) good / requests;
    }

    Outcome asInterrupted() {
        return new Outcome(
                trace,
                policy,
                requests,
                ended,
                refused,
                good,
                goodPerSecond,
                ttft,
                itl,
                cachedShare,
                work,
                fairness,
                shares,
                moments,
                true);
    }

    static Outcome of(Trace trace, String policy, Slo slo, Work work, List<Moment> moments) {
        List<SimRequest> all = trace.measured();
        long lastArrival = all.isEmpty() ? 0 : all.getLast().arrivalNanos;
        int good = (int) all.stream().filter(slo::isMetBy).count();
        List<SimRequest> answered = all.stream()
                .filter(request -> request.isDone() && !request.refused)
                .toList();
        double[] ttft = all.stream()
                .filter(request -> request.firstTokenNanos >= 0)
                .mapToDouble(SimRequest::ttftMillis)
                .toArray();
        double[] itl = answered.stream()
                .filter(request -> request.outputTokens > 1)
                .mapToDouble(SimRequest::itlMillis)
                .toArray();
        Map<String, Long> shares = shares(answered, lastArrival);
        return new Outcome(
                trace.name(),
                policy,
                all.size(),
                answered.size(),
                (int) all.stream().filter(request -> request.refused).count(),
                good,
                lastArrival == 0 ? 0 : good / ((lastArrival - trace.measuredFromNanos()) / 1e9),
                Distribution.of(ttft),
                Distribution.of(itl),
                cachedShare(answered),
                work,
                jain(answered, shares),
                shares,
                List.copyOf(moments),
                false);
    }

    private static double cachedShare(List<SimRequest> answered) {
        long prompts =
                answered.stream().mapToLong(request -> request.promptTokens).sum();
        return prompts == 0
                ? 0
                : (double) answered.stream()
                                .mapToLong(request -> request.cachedTokens)
                                .sum()
                        / prompts;
    }

    private static Map<String, Long> shares(List<SimRequest> answered, long lastArrival) {
        Map<String, Long> shares = new LinkedHashMap<>();
        for (SimRequest request : answered) {
            if (request.endNanos <= lastArrival) {
                shares.merge(request.tenant.name(), (long) request.promptTokens + request.outputTokens, Long::sum);
            }
        }
        return shares;
    }

    private static double jain(List<SimRequest> answered, Map<String, Long> shares) {
        Map<String, Double> weights = new LinkedHashMap<>();
        for (SimRequest request : answered) {
            Tenant tenant = request.tenant;
            weights.put(tenant.name(), tenant.weight());
        }
        List<Double> each = new ArrayList<>();
        shares.forEach((tenant, tokens) -> each.add(tokens / weights.getOrDefault(tenant, 1.0)));
        double sum = each.stream().mapToDouble(x -> x).sum();
        double squares = each.stream().mapToDouble(x -> x * x).sum();
        return squares == 0 ? 1 : sum * sum / (each.size() * squares);
    }
}
