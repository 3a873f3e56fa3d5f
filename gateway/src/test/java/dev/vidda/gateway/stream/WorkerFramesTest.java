package dev.vidda.gateway.stream;

import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.TokenIds;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerFramesTest {
    private final WorkerFrames frames = new WorkerFrames(0);

    @Test
    void framesInOrderAreFine() {
        assertThat(frame(0)).isTrue();
        assertThat(frame(1)).isTrue();
    }

    @Test
    void aGapIsSeenOnceAndItGoesOnFromThere() {
        assertThat(frame(0)).isTrue();
        assertThat(frame(2)).isFalse();
        assertThat(frame(3)).isTrue();
    }

    @Test
    void aFrameThatComesTwiceIsSeen() {
        assertThat(frame(0)).isTrue();
        assertThat(frame(0)).isFalse();
    }

    @Test
    void aSignOfLifeThatOvertakesAFrameIsNoLoss() {
        assertThat(sign(1)).isTrue();
        assertThat(frame(0)).isTrue();
        assertThat(sign(2)).isTrue();
        assertThat(frame(1)).isTrue();
        assertThat(sign(2)).isTrue();
        assertThat(sign(2)).isTrue();
    }

    @Test
    void theLossOfTheLastFrameIsSeenByTheSecondSignOfLife() {
        assertThat(frame(0)).isTrue();
        assertThat(sign(2)).isTrue();
        assertThat(sign(2)).isFalse();
        assertThat(frames.expected()).isEqualTo(2);
        assertThat(sign(2)).isTrue();
        assertThat(frame(2)).isTrue();
    }

    @Test
    void silenceEndsWithAnyFrameAndBeginsNoEarlierThanTheRequest() {
        assertThat(frames.silence(0, 5)).isEqualTo(5);
        assertThat(frames.silence(4, 5)).isEqualTo(1);
        frames.accept(new TokenFrame("w", 0, List.of()), 6);
        assertThat(frames.silence(0, 7)).isEqualTo(1);
    }

    private boolean frame(long number) {
        TokenDelta delta = new TokenDelta("r", 0, 0, TokenIds.of(1), List.of(), Optional.empty());
        return frames.accept(new TokenFrame("w", number, List.of(delta)), 1);
    }

    private boolean sign(long number) {
        return frames.accept(new TokenFrame("w", number, List.of()), 1);
    }
}
