package dev.vidda.simulator;

import org.jspecify.annotations.Nullable;

/**
 * A text that is named, not spelled: what it says from a position on, and the text that it goes on from before. Two texts
 * that begin alike share the beginning by name.
 *
 * @param from position of the first token that is its own
 * @param before null if it has no beginning that others may share
 */
record Text(long name, int from, @Nullable Text before) {
    private static final long MIX = 0x9E3779B97F4A7C15L;

    /** One that shares nothing. */
    static Text alone(long name) {
        return new Text(name, 0, null);
    }

    /** One that goes on from the first {@code tokens} of this one in its own way. */
    Text then(long other, int tokens) {
        return new Text(other, tokens, this);
    }

    /** A number that only texts share which agree up to that position. */
    long at(int position) {
        Text part = this;
        while (part.before != null && position < part.from) {
            part = part.before;
        }
        return mixed(part.name, position);
    }

    private static long mixed(long text, int position) {
        long z = (text + 1) * MIX + position * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
