package dev.vidda.protocol;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

final class TokenIdsTest {
    @Test
    void changesOutsideDoNotReachInside() {
        int[] source = {1, 2, 3};
        TokenIds ids = TokenIds.of(source);
        source[0] = 99;
        ids.toArray()[1] = 99;
        assertThat(ids).isEqualTo(TokenIds.of(1, 2, 3));
    }

    @Test
    void idsAreComparedByContentAndOrder() {
        assertThat(TokenIds.of(1, 2)).isEqualTo(TokenIds.of(1, 2)).hasSameHashCodeAs(TokenIds.of(1, 2));
        assertThat(TokenIds.of(1, 2)).isNotEqualTo(TokenIds.of(2, 1)).isNotEqualTo(TokenIds.of(1));
        assertThat(TokenIds.of()).isEqualTo(TokenIds.EMPTY).isNotEqualTo(null);
        assertThat(TokenIds.of(1)).isNotEqualTo("TokenIds[1]");
    }

    @Test
    void idsAreReadByIndexWithinTheirBounds() {
        TokenIds ids = TokenIds.of(5, 6, 7);
        assertThat(ids.size()).isEqualTo(3);
        assertThat(ids.isEmpty()).isFalse();
        assertThat(TokenIds.EMPTY.isEmpty()).isTrue();
        assertThat(ids.get(2)).isEqualTo(7);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> ids.get(3));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> ids.get(-1));
    }

    @Test
    void aRangeIsCopiedIntoAnArrayOfTheCaller() {
        int[] target = new int[5];
        TokenIds.of(1, 2, 3, 4).copyTo(1, target, 2, 3);
        assertThat(target).containsExactly(0, 0, 2, 3, 4);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> TokenIds.of(1, 2).copyTo(1, target, 0, 2));
    }

    @Test
    void plusLeavesBothSidesAsTheyAre() {
        TokenIds left = TokenIds.of(1, 2);
        TokenIds right = TokenIds.of(3);
        assertThat(left.plus(right)).isEqualTo(TokenIds.of(1, 2, 3));
        assertThat(left.plus(TokenIds.EMPTY)).isEqualTo(left);
        assertThat(left).isEqualTo(TokenIds.of(1, 2));
        assertThat(right).isEqualTo(TokenIds.of(3));
    }

    @Test
    void theTextFormTellsNothingOfThePrompt() {
        assertThat(TokenIds.of(40, 41, 42)).hasToString("TokenIds[3]");
    }
}
