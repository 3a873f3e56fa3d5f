package dev.vidda.protocol;

/**
 * "How many requests of this shape fit now, and how long would one wait?"
 *
 * @param promptTokens of each request
 * @param maxTokens new tokens that each may generate
 * @param count how many are asked about, at least 1
 * @param guaranteed whether memory for all of {@code maxTokens} has to be committed
 * @param ttftTargetMillis time to first token that each asks for; 0 for none
 * @param itlTargetMillis time between two tokens that each asks for; 0 for none
 */
public record FitQuestion(
        String model,
        int promptTokens,
        int maxTokens,
        int count,
        Tenant tenant,
        ServiceClass serviceClass,
        boolean guaranteed,
        long ttftTargetMillis,
        long itlTargetMillis) {
    public FitQuestion {
        require(promptTokens >= 1, "promptTokens", promptTokens);
        require(maxTokens >= 1, "maxTokens", maxTokens);
        require(count >= 1, "count", count);
    }

    /** About requests without targets. */
    public FitQuestion(
            String model,
            int promptTokens,
            int maxTokens,
            int count,
            Tenant tenant,
            ServiceClass serviceClass,
            boolean guaranteed) {
        this(model, promptTokens, maxTokens, count, tenant, serviceClass, guaranteed, 0, 0);
    }

    private static void require(boolean holds, String name, int value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be at least 1, was " + value);
        }
    }
}
