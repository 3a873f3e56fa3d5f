package dev.vidda.gateway.security;

/**
 * What a tenant may use; 0 stands for no limit.
 *
 * @param requestsPerMinute requests let in
 * @param tokensPerMinute prompt and generated tokens
 * @param concurrent requests under way at a time
 */
public record Quota(int requestsPerMinute, int tokensPerMinute, int concurrent) {
    /** No limits. */
    public static final Quota NONE = new Quota(0, 0, 0);

    public Quota {
        require("requests-per-minute", requestsPerMinute);
        require("tokens-per-minute", tokensPerMinute);
        require("concurrent", concurrent);
    }

    private static void require(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must be at least 0, was " + value);
        }
    }
}
