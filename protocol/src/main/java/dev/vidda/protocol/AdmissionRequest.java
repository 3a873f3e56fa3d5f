package dev.vidda.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.vidda.protocol.kv.BlockHash;
import java.util.List;
import java.util.Optional;

/**
 * What the scheduler must know of a request: its size, not its text.
 *
 * @param promptTokens tokens known before the next one is drawn; for a stream that continues elsewhere, those generated
 *     so far are among them
 * @param maxNewTokens tokens that may still be generated, for each sample
 * @param guaranteed whether memory for all of {@code maxNewTokens} is committed, so that it is never preempted
 * @param avoidedWorkers ids of workers that just failed it
 * @param prefixHashes hashes of the prompt's full blocks, in order
 * @param trace the span under which its own go, as in the header {@code traceparent}; empty when nothing is recorded
 */
public record AdmissionRequest(
        String id,
        String model,
        int promptTokens,
        int maxNewTokens,
        int samples,
        Tenant tenant,
        ServiceClass serviceClass,
        boolean guaranteed,
        Patience patience,
        List<String> avoidedWorkers,
        List<BlockHash> prefixHashes,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> trace) {
    public AdmissionRequest {
        require(promptTokens >= 1, "promptTokens", promptTokens);
        require(maxNewTokens >= 1, "maxNewTokens", maxNewTokens);
        require(samples >= 1, "samples", samples);
        avoidedWorkers = List.copyOf(avoidedWorkers);
        prefixHashes = List.copyOf(prefixHashes);
    }

    /** A request that leaves no trace. */
    public AdmissionRequest(
            String id,
            String model,
            int promptTokens,
            int maxNewTokens,
            int samples,
            Tenant tenant,
            ServiceClass serviceClass,
            boolean guaranteed,
            Patience patience,
            List<String> avoidedWorkers,
            List<BlockHash> prefixHashes) {
        this(
                id,
                model,
                promptTokens,
                maxNewTokens,
                samples,
                tenant,
                serviceClass,
                guaranteed,
                patience,
                avoidedWorkers,
                prefixHashes,
                Optional.empty());
    }

    /** The same request, with spans under this one. */
    public AdmissionRequest under(Optional<String> span) {
        return with(prefixHashes, span);
    }

    /** The same request, with nothing said of its prompt but the length. */
    public AdmissionRequest withoutHashes() {
        return prefixHashes.isEmpty() ? this : with(List.of(), trace);
    }

    private AdmissionRequest with(List<BlockHash> hashes, Optional<String> span) {
        return new AdmissionRequest(
                id,
                model,
                promptTokens,
                maxNewTokens,
                samples,
                tenant,
                serviceClass,
                guaranteed,
                patience,
                avoidedWorkers,
                hashes,
                span);
    }

    /** A standard request of anyone, that waits as long as it takes. */
    public static AdmissionRequest standard(
            String id, String model, int promptTokens, int maxNewTokens, List<BlockHash> prefixHashes) {
        return new AdmissionRequest(
                id,
                model,
                promptTokens,
                maxNewTokens,
                1,
                Tenant.ANYONE,
                ServiceClass.STANDARD,
                false,
                Patience.ENDLESS,
                List.of(),
                prefixHashes);
    }

    private static void require(boolean holds, String name, int value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be at least 1, was " + value);
        }
    }
}
