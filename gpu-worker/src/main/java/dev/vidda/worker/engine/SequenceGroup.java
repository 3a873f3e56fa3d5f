package dev.vidda.worker.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * The sequences of one request that have not ended. The first one computes the prompt; the others stay behind until
 * then, and find its blocks in the prefix cache.
 */
final class SequenceGroup {
    private final List<Sequence> live;
    private final List<Sequence> behind;

    SequenceGroup(List<Sequence> samples) {
        live = new ArrayList<>(samples);
        behind = new ArrayList<>(samples.subList(1, samples.size()));
    }

    List<Sequence> live() {
        return live;
    }

    /** The sequences that waited for the first one to be done with the prompt; empty at the next call. */
    List<Sequence> takeBehind() {
        if (behind.isEmpty()) {
            return List.of();
        }
        List<Sequence> taken = List.copyOf(behind);
        behind.clear();
        return taken;
    }
}
