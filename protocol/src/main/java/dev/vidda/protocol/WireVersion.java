package dev.vidda.protocol;

/**
 * Which messages a release writes, and which it reads: what nodes tell each other before one joins.
 *
 * <p>A release that adds messages or fields writes one version more. Readers leave out fields that they do not know, so that
 * nodes of two releases in a row work together; {@code oldest} says how far back a release still has all that it needs.
 *
 * @param written the version of the messages it writes, at least 1
 * @param oldest the oldest version that it can read, in [1, written]
 */
public record WireVersion(int written, int oldest) {
    /** That of this build. */
    public static final WireVersion CURRENT = new WireVersion(1, 1);

    public WireVersion {
        if (oldest < 1 || oldest > written) {
            throw new IllegalArgumentException("oldest must be in [1, " + written + "], was " + oldest);
        }
    }

    /** Whether messages of {@code version} can be read. */
    public boolean reads(int version) {
        return version >= oldest;
    }
}
