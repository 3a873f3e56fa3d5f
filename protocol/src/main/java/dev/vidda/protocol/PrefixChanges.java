package dev.vidda.protocol;

import dev.vidda.protocol.kv.BlockHash;
import java.util.List;

/**
 * How a worker's prefix cache changed.
 *
 * @param number counts these messages of one worker from 0, where {@code added} is all it has: a gap shows a loss
 * @param added hashes of blocks that became reusable
 * @param evicted hashes of blocks that are no more
 */
public record PrefixChanges(String workerId, long number, List<BlockHash> added, List<BlockHash> evicted) {
    public PrefixChanges {
        added = List.copyOf(added);
        evicted = List.copyOf(evicted);
    }
}
