package dev.vidda.gateway.stream;

import java.util.Optional;

/** How far each sample of a request has come: finds tokens that were lost or came twice. Not thread-safe. */
final class SequenceProgress {
    private static final int FINISHED = -1;

    private final int[] received;
    private int open;

    SequenceProgress(int samples) {
        this.received = new int[samples];
        this.open = samples;
    }

    /** Takes {@code count} tokens that begin at {@code firstIndex}; returns what is wrong with them. */
    Optional<String> accept(int sample, int firstIndex, int count, boolean finish) {
        if (sample < 0 || sample >= received.length) {
            return Optional.of("tokens came for sample " + sample + " of " + received.length);
        }
        if (received[sample] == FINISHED) {
            return Optional.of("tokens came after the end of sample " + sample);
        }
        if (firstIndex != received[sample]) {
            return Optional.of("tokens of sample " + sample + " were lost on the way: token " + firstIndex
                    + " came where token " + received[sample] + " was expected");
        }
        received[sample] += count;
        if (finish) {
            received[sample] = FINISHED;
            open--;
        }
        return Optional.empty();
    }

    boolean allFinished() {
        return open == 0;
    }
}
