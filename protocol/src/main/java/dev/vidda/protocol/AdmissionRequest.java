package dev.vidda.protocol;

import dev.vidda.protocol.kv.BlockHash;
import java.util.List;

/**
 * What the scheduler must know of a request: its size, not its text.
 *
 * @param prefixHashes hashes of the prompt's full blocks, in order
 */
public record AdmissionRequest(
        String id,
        String model,
        int promptTokens,
        int maxNewTokens,
        int samples,
        String tenant,
        ServiceClass serviceClass,
        List<BlockHash> prefixHashes) {
    public AdmissionRequest {
        require(promptTokens >= 1, "promptTokens", promptTokens);
        require(maxNewTokens >= 1, "maxNewTokens", maxNewTokens);
        require(samples >= 1, "samples", samples);
        prefixHashes = List.copyOf(prefixHashes);
    }

    private static void require(boolean holds, String name, int value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be at least 1, was " + value);
        }
    }
}
