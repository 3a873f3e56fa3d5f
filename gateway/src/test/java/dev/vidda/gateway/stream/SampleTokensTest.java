package dev.vidda.gateway.stream;

import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest.Continuation;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SampleTokensTest {
    private final SampleTokens tokens = new SampleTokens(2);

    @Test
    void tokensThatFollowOnEachOtherAreKept() {
        assertThat(accept(0, 0, 5, 6, 7)).isEmpty();
        assertThat(accept(1, 0)).isEmpty();
        assertThat(accept(0, 3, 8)).isEmpty();
        assertThat(tokens.longest()).isEqualTo(4);
        assertThat(tokens.rest())
                .containsExactly(new Continuation(0, TokenIds.of(5, 6, 7, 8)), new Continuation(1, TokenIds.EMPTY));
    }

    @Test
    void manyTokensAreKept() {
        int[] many = IntStream.range(0, 1000).toArray();
        assertThat(accept(0, 0, many)).isEmpty();
        assertThat(accept(0, 1000, 7)).isEmpty();
        assertThat(tokens.rest().getFirst().generated())
                .isEqualTo(TokenIds.of(many).plus(TokenIds.of(7)));
    }

    @Test
    void aGapIsFoundAndNothingIsTaken() {
        assertThat(accept(0, 1, 9).orElseThrow()).contains("token 1 came where token 0 was expected");
        assertThat(tokens.longest()).isZero();
    }

    @Test
    void tokensThatComeTwiceAreFound() {
        assertThat(accept(0, 0, 1, 2)).isEmpty();
        assertThat(accept(0, 0, 1, 2)).isPresent();
    }

    @Test
    void tokensAfterTheEndAreFound() {
        assertThat(end(0, 0, FinishReason.STOP, 3)).isEmpty();
        assertThat(accept(0, 1, 4)).isPresent();
    }

    @Test
    void samplesThatNobodyAskedForAreFound() {
        assertThat(accept(2, 0, 1)).isPresent();
        assertThat(accept(-1, 0, 1)).isPresent();
    }

    @Test
    void aSampleThatIsHandedOverOrFailedGoesOn() {
        end(0, 0, FinishReason.LENGTH, 3);
        end(1, 0, FinishReason.HANDED_OVER, 4);
        assertThat(tokens.allFinished()).isFalse();
        assertThat(tokens.rest()).containsExactly(new Continuation(1, TokenIds.of(4)));
        end(1, 1, FinishReason.FAILED);
        assertThat(tokens.open()).isEqualTo(1);
        end(1, 1, FinishReason.STOP, 9);
        assertThat(tokens.allFinished()).isTrue();
    }

    @Test
    void onlyAnswersThatTheModelEndedHaveANaturalLength() {
        end(0, 0, FinishReason.STOP, 3, 4);
        assertThat(tokens.naturalLength()).isEqualTo(-1);
        end(1, 0, FinishReason.STOP, 3, 4, 5);
        assertThat(tokens.naturalLength()).isEqualTo(3);
        SampleTokens cut = new SampleTokens(1);
        cut.accept(delta(0, 0, Optional.of(new Finish(FinishReason.LENGTH, -1, 0, 0, "")), 1));
        assertThat(cut.naturalLength()).isEqualTo(-1);
    }

    private Optional<String> accept(int sample, int first, int... ids) {
        return tokens.accept(delta(sample, first, Optional.empty(), ids));
    }

    private Optional<String> end(int sample, int first, FinishReason reason, int... ids) {
        return tokens.accept(delta(sample, first, Optional.of(new Finish(reason, -1, 0, 0, "")), ids));
    }

    private static TokenDelta delta(int sample, int first, Optional<Finish> finish, int... ids) {
        return new TokenDelta("r", sample, first, TokenIds.of(ids), List.of(), finish);
    }
}
