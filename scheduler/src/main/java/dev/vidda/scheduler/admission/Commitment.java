package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.kv.KvCost;
import dev.vidda.protocol.kv.KvShape;

/** How many blocks a lease sets aside for a request on a worker with this shape of KV cache. */
@FunctionalInterface
public interface Commitment {
    /** Everything the request can come to need: what is admitted never lacks a block. */
    Commitment FULL =
            (shape, request) -> KvCost.blocks(shape, request.promptTokens(), request.maxNewTokens(), request.samples());

    /** At least 1 and at most what {@link #FULL} commits. */
    int blocks(KvShape shape, AdmissionRequest request);
}
