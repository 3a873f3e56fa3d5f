package dev.vidda.protocol;

/**
 * A worker's sequences.
 *
 * @param running sequences that hold blocks
 * @param waiting sequences that hold none
 * @param preemptions times a sequence gave up its blocks, since the worker's start
 * @param pendingTokens tokens of prompts, and of preempted sequences, that are still to be computed; {@link #UNKNOWN}
 *     when the worker does not count them
 */
public record SequenceCounts(int running, int waiting, long preemptions, long pendingTokens) {
    /** In place of a number that nobody counted. */
    public static final long UNKNOWN = -1;

    /** Nothing to do. */
    public static final SequenceCounts NONE = new SequenceCounts(0, 0, 0, 0);

    /** Of a worker that does not count what is still to be computed. */
    public SequenceCounts(int running, int waiting, long preemptions) {
        this(running, waiting, preemptions, UNKNOWN);
    }
}
