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

    private final Map<String, LengthMoments> models = new HashMap<>();
    private final Map<Key, LengthMoments> tenants = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, LengthMoments> eldest) {
            return size() > MOST_TENANTS;
        }
    };

    private record Key(String model, String tenant) {}

    /** An answer ended by itself after so many tokens. */
    public void learn(String model, String tenant, int tokens) {
        models.computeIfAbsent(model, any -> new LengthMoments()).add(tokens);
        tenants.computeIfAbsent(new Key(model, tenant), any -> new LengthMoments())
                .add(tokens);
    }

    /**
     * What an answer is expected to take.
     *
     * @param committed tokens that are committed for it: those that it has on average over its life, which is half of the
     *     mean, since many sequences on a worker are each somewhere on their way
     * @param mean tokens at its end
     * @param deviation tokens by which it may exceed what is committed, as far as that is provided for
     */
    public record Expected(int committed, double mean, double deviation) {}

    /**
     * What is known of answers like one that comes now.
     *
     * @param share of the time that all answers of a worker together are to stay within what is committed and provided for;
     *     1 commits all that each can take, as is done when nothing is known
     * @param mostTokens that the answer can have
     */
    public Expected expected(String model, String tenant, double share, int mostTokens) {
        Optional<LengthMoments> known = known(model, tenant);
        double mean =
                known.map(lengths -> Math.clamp(lengths.mean(), 1, mostTokens)).orElse(Math.max(1, mostTokens / 2.0));
        if (share >= 1 || known.isEmpty()) {
            return new Expected(mostTokens, mean, 0);
        }
        double deviation = deviations(share) * known.get().deviation();
        return new Expected((int) Math.ceil(mean / 2), mean, Math.min(deviation, mostTokens));
    }

    /**
     * By how many deviations the normal distribution exceeds its mean with a share of at most {@code 1 - share}; 0 for
     * shares below a half (Abramowitz and Stegun, 26.2.23, within 0.0005).
     */
    static double deviations(double share) {
        if (share <= 0.5) {
            return 0;
        }
        double t = Math.sqrt(-2 * Math.log(1 - share));
        double above = 2.515517 + t * (0.802853 + t * 0.010328);
        double below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
        return t - above / below;
    }

    private Optional<LengthMoments> known(String model, String tenant) {
        LengthMoments own = tenants.get(new Key(model, tenant));
        if (own != null && own.seen() >= ENOUGH) {
            return Optional.of(own);
        }
        LengthMoments all = models.get(model);
        return all != null && all.seen() >= ENOUGH ? Optional.of(all) : Optional.empty();
    }
}
