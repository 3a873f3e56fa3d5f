package dev.vidda.protocol.kv;

import dev.vidda.protocol.TokenIds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The name of a full block's content: SHA-256 over the parent's hash and the block's token ids, cut to 128 bits. Two
 * blocks have the same hash only if all tokens from the start of the prompt to the block's end are the same, and so are
 * model and salt; it does not depend on the process, so every node computes the same names.
 */
public record BlockHash(long high, long low) {
    /** The parent of a prompt's first block. A tenant's salt keeps its blocks from being shared with another's. */
    public static BlockHash root(String model, String salt) {
        byte[] modelBytes = model.getBytes(StandardCharsets.UTF_8);
        byte[] saltBytes = salt.getBytes(StandardCharsets.UTF_8);
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        ByteBuffer input = ByteBuffer.allocate(Integer.BYTES + modelBytes.length + saltBytes.length);
        input.putInt(modelBytes.length).put(modelBytes).put(saltBytes);
        return digest(input);
    }

    /** The hash of the block that follows this one and holds {@code tokens[from .. from + length)}. */
    public BlockHash next(int[] tokens, int from, int length) {
        ByteBuffer input = ByteBuffer.allocate(2 * Long.BYTES + length * Integer.BYTES);
        input.putLong(high).putLong(low);
        for (int i = from; i < from + length; i++) {
            input.putInt(tokens[i]);
        }
        return digest(input);
    }

    /** The hashes of all full blocks of {@code tokens}, in order. */
    public static List<BlockHash> chain(String model, String salt, TokenIds tokens, int blockTokens) {
        int[] ids = tokens.toArray();
        List<BlockHash> hashes = new ArrayList<>(ids.length / blockTokens);
        BlockHash parent = root(model, salt);
        for (int from = 0; from + blockTokens <= ids.length; from += blockTokens) {
            parent = parent.next(ids, from, blockTokens);
            hashes.add(parent);
        }
        return hashes;
    }

    private static BlockHash digest(ByteBuffer input) {
        try {
            ByteBuffer hash =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(input.array()));
            return new BlockHash(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
