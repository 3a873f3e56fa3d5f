package dev.vidda.gateway.jinja;

/**
 * What one rendering may cost before it is stopped with an error.
 *
 * @param maxDepth how deep macros, blocks and expressions may nest
 * @param maxSteps how many expressions, statements and iterations may be evaluated; handling long text and long lists
 *     counts in proportion
 * @param maxCharacters how long the rendered text, or any one value, may become
 */
public record Limits(int maxDepth, long maxSteps, int maxCharacters) {

    /** Roomy for any chat template over a context of a million tokens; the depth fits well into a default stack. */
    public static final Limits DEFAULT = new Limits(400, 20_000_000, 1 << 24);

    public Limits {
        if (maxDepth < 1 || maxSteps < 1 || maxCharacters < 1) {
            throw new IllegalArgumentException("limits must be positive: depth " + maxDepth + ", steps " + maxSteps
                    + ", characters " + maxCharacters);
        }
    }
}
