package dev.vidda.worker.model;

import dev.vidda.worker.device.HeadTransform;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.Weight;

/**
 * The weights of one transformer layer.
 *
 * @param queryKeyValue [qkvWidth, hidden]
 * @param window tokens it attends back to, or 0 for all
 * @param output [hidden, queryWidth]
 * @param gateUp the two maps [intermediate, hidden] of the gated linear unit
 * @param down [hidden, intermediate]
 */
record DecoderLayer(
        RmsNorm attentionNorm,
        Weight queryKeyValue,
        HeadTransform heads,
        int window,
        Weight output,
        RmsNorm mlpNorm,
        Weight gateUp,
        Weight down) {}
