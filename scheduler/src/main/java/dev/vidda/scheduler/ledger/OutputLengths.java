package dev.vidda.scheduler.ledger;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long answers get, learned from those that ended by themselves: for each tenant of each model, and for each model
 * as long as little is known of the tenant. A bounded number of tenants is remembered, those heard of last.
 */
public final class OutputLengths {
    private static final int ENOUGH = 24;
    private static final int MOST_TENANTS = 4_096;

    private final Map<String, LengthHistogram> models = new HashMap<>();
    private final Map<Key, LengthHistogram> tenants = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, LengthHistogram> eldest) {
            return size() > MOST_TENANTS;
        }
    };

    private record Key(String model, String tenant) {}

    /** An answer ended by itself after so many tokens. */
    public void learn(String model, String tenant, int tokens) {
        models.computeIfAbsent(model, any -> new LengthHistogram()).add(tokens);
        tenants.computeIfAbsent(new Key(model, tenant), any -> new LengthHistogram())
                .add(tokens);
    }

    /**
     * The length that {@code share} of the answers do not exceed.
     *
     * @param mostTokens at most this, and this as long as nothing is known or {@code share} is 1
     */
    public int quantile(String model, String tenant, double share, int mostTokens) {
        if (share >= 1) {
            return mostTokens;
        }
        return known(model, tenant)
                .map(lengths -> Math.clamp(lengths.quantile(share), 1, mostTokens))
                .orElse(mostTokens);
    }

    /** The mean length, at most {@code mostTokens}; half of that as long as nothing is known. */
    public double mean(String model, String tenant, int mostTokens) {
        return known(model, tenant)
                .map(lengths -> Math.clamp(lengths.mean(), 1, mostTokens))
                .orElse(Math.max(1, mostTokens / 2.0));
    }

    private Optional<LengthHistogram> known(String model, String tenant) {
        LengthHistogram own = tenants.get(new Key(model, tenant));
        if (own != null && own.seen() >= ENOUGH) {
            return Optional.of(own);
        }
        LengthHistogram all = models.get(model);
        return all != null && all.seen() >= ENOUGH ? Optional.of(all) : Optional.empty();
    }
}
