package dev.vidda.simulator;

import java.util.HashSet;
import java.util.Set;

/** The pieces of text that a step computes already: who would begin with one of them had better wait and share it. */
final class UnderWay {
    /** In place of a piece: what it would compute, nobody can share. */
    static final long NOTHING = 0;

    private final Set<Long> names = new HashSet<>();

    void clear() {
        names.clear();
    }

    /** Whether nobody computes the piece yet; now somebody does. */
    boolean add(long name) {
        return name == NOTHING || names.add(name);
    }
}
