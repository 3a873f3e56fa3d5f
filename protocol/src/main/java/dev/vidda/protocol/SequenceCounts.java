package dev.vidda.protocol;

/**
 * A worker's sequences.
 *
 * @param running sequences that hold blocks
 * @param waiting sequences that hold none
 * @param preemptions times a sequence gave up its blocks, since the worker's start
 */
public record SequenceCounts(int running, int waiting, long preemptions) {
    /** Nothing to do. */
    public static final SequenceCounts NONE = new SequenceCounts(0, 0, 0);
}
