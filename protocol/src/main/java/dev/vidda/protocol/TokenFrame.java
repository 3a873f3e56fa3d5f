package dev.vidda.protocol;

import java.util.List;

/**
 * All that one step of one worker produced for one gateway: messages grow with steps, not with tokens.
 *
 * <p>A frame without deltas is a sign of life: sent at intervals, also while a long step keeps the worker busy. Its
 * number is that of the next frame with deltas, so that it shows a loss, too, but not at once: it may overtake.
 *
 * @param number counts this worker's frames with deltas to this gateway, from 0: a gap shows a loss
 */
public record TokenFrame(String workerId, long number, List<TokenDelta> deltas) implements Wire {
    public TokenFrame {
        deltas = List.copyOf(deltas);
    }
}
