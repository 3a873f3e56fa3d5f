package dev.vidda.gateway.stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SequenceProgressTest {
    private final SequenceProgress progress = new SequenceProgress(2);

    @Test
    void tokensThatFollowOnEachOtherAreFine() {
        assertThat(progress.accept(0, 0, 3, false)).isEmpty();
        assertThat(progress.accept(1, 0, 0, false)).isEmpty();
        assertThat(progress.accept(0, 3, 1, true)).isEmpty();
        assertThat(progress.allFinished()).isFalse();
        assertThat(progress.accept(1, 0, 0, true)).isEmpty();
        assertThat(progress.allFinished()).isTrue();
    }

    @Test
    void aGapIsFound() {
        assertThat(progress.accept(0, 1, 1, false).orElseThrow()).contains("token 1 came where token 0 was expected");
    }

    @Test
    void tokensThatComeTwiceAreFound() {
        assertThat(progress.accept(0, 0, 2, false)).isEmpty();
        assertThat(progress.accept(0, 0, 2, false)).isPresent();
    }

    @Test
    void tokensAfterTheEndAreFound() {
        assertThat(progress.accept(0, 0, 1, true)).isEmpty();
        assertThat(progress.accept(0, 1, 1, false)).isPresent();
    }

    @Test
    void samplesThatNobodyAskedForAreFound() {
        assertThat(progress.accept(2, 0, 1, false)).isPresent();
        assertThat(progress.accept(-1, 0, 1, false)).isPresent();
    }
}
