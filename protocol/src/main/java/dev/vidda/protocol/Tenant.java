package dev.vidda.protocol;

/**
 * For whom a request runs.
 *
 * @param name the tenant's name; empty when nobody is told apart
 * @param weight its share of the tokens served when several tenants want more than there is; positive
 * @param maxContext the most prompt and generated tokens of one of its requests; 0 for no limit of its own
 */
public record Tenant(String name, double weight, int maxContext) {
    /** Whoever is not told apart. */
    public static final Tenant ANYONE = new Tenant("", 1, 0);

    public Tenant {
        if (!(weight > 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException(
                    "the weight of tenant '" + name + "' must be positive and finite, was " + weight);
        }
        if (maxContext < 0) {
            throw new IllegalArgumentException("maxContext must be at least 0, was " + maxContext);
        }
    }
}
