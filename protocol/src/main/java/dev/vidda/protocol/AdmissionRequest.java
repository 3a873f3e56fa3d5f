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
        prefixHashes = List.copyOf(prefixHashes);
    }
}
