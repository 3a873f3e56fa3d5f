package dev.vidda.protocol;

import java.util.List;

/**
 * All that one step of one worker produced for one gateway: messages grow with steps, not with tokens.
 *
 * @param number counts this worker's frames to this gateway, from 0: a gap shows a loss
 */
public record TokenFrame(String workerId, long number, List<TokenDelta> deltas) implements Wire {
    public TokenFrame {
        deltas = List.copyOf(deltas);
    }
}
