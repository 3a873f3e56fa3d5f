package dev.vidda.worker.kv;

import dev.vidda.protocol.kv.BlockHash;
import java.util.ArrayList;
import java.util.List;

/** The hashes of a sequence's full blocks, computed when first asked for; tokens once hashed must not change. */
public final class HashChain {
    private final BlockHash root;
    private final int blockTokens;
    private final List<BlockHash> hashes = new ArrayList<>();

    public HashChain(BlockHash root, int blockTokens) {
        this.root = root;
        this.blockTokens = blockTokens;
    }

    /** The hash of block {@code index} of the sequence {@code tokens}, which must hold all of that block's tokens. */
    public BlockHash at(int index, int[] tokens) {
        while (hashes.size() <= index) {
            int from = hashes.size() * blockTokens;
            BlockHash parent = hashes.isEmpty() ? root : hashes.getLast();
            hashes.add(parent.next(tokens, from, blockTokens));
        }
        return hashes.get(index);
    }
}
