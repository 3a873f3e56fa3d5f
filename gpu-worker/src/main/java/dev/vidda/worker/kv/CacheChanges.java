package dev.vidda.worker.kv;

import dev.vidda.protocol.kv.BlockHash;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** How the set of reusable blocks changed since somebody last asked; what came and went in between is left out. */
public final class CacheChanges {
    private final Set<BlockHash> added = new LinkedHashSet<>();
    private final Set<BlockHash> evicted = new LinkedHashSet<>();

    /**
     * @param added hashes that were not in the cache before, and are now
     * @param evicted hashes that were in the cache before, and are not any more
     */
    public record Changes(List<BlockHash> added, List<BlockHash> evicted) {
        public Changes {
            added = List.copyOf(added);
            evicted = List.copyOf(evicted);
        }
    }

    /** What changed since the last call. */
    public Changes take() {
        Changes changes = new Changes(List.copyOf(added), List.copyOf(evicted));
        added.clear();
        evicted.clear();
        return changes;
    }

    void add(BlockHash hash) {
        if (!evicted.remove(hash)) {
            added.add(hash);
        }
    }

    void evict(BlockHash hash) {
        if (!added.remove(hash)) {
            evicted.add(hash);
        }
    }
}
