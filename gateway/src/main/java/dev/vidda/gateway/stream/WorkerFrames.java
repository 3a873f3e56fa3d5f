package dev.vidda.gateway.stream;

import dev.vidda.protocol.TokenFrame;

/** How far the frames of one worker have come, and when it was heard last. Not thread-safe. */
final class WorkerFrames {
    private static final long NOTHING = -1;

    private long next;
    /** The number in a sign of life that said frames were sent which have not come. */
    private long missedBefore = NOTHING;

    private long heardAt;
    private boolean heard;

    /** @param now in ticks */
    WorkerFrames(long now) {
        heardAt = now;
    }

    /**
     * Takes a frame or a sign of life. Returns false if frames were lost, or came twice; from there it goes on.
     *
     * <p>A sign of life may overtake a frame, so only the second one in a row which knows of a missing frame is believed.
     */
    boolean accept(TokenFrame frame, long now) {
        heardAt = now;
        heard = true;
        if (!frame.deltas().isEmpty()) {
            boolean follows = frame.number() == next;
            next = frame.number() + 1;
            missedBefore = NOTHING;
            return follows;
        }
        if (frame.number() <= next) {
            missedBefore = NOTHING;
            return true;
        }
        if (missedBefore == NOTHING || next >= missedBefore) {
            missedBefore = frame.number();
            return true;
        }
        next = missedBefore;
        missedBefore = NOTHING;
        return false;
    }

    /** The number that the next frame must have. */
    long expected() {
        return next;
    }

    /** Whether it ever said anything. */
    boolean wasHeard() {
        return heard;
    }

    /** Ticks since it was heard, or since {@code from} if that is later. */
    long silence(long from, long now) {
        return now - Math.max(heardAt, from);
    }
}
