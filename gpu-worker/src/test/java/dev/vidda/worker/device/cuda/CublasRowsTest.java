package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.cuda.CublasRows.Trial;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CublasRowsTest {
    private static final CublasRows SOME = CublasRows.measured(List.of(
            new Trial(32, 10e-6, 11e-6),
            new Trial(64, 12e-6, 10e-6),
            new Trial(128, 16e-6, 12e-6),
            new Trial(512, 50e-6, 49e-6),
            new Trial(2048, 200e-6, 150e-6)));

    @Test
    void rowsBetweenTwoMeasurementsAreDecidedByTheLargerAndThoseBehindByTheLast() {
        assertThat(SOME.take(17)).isFalse();
        assertThat(SOME.take(32)).isFalse();
        assertThat(SOME.take(33)).isTrue();
        assertThat(SOME.take(128)).isTrue();
        assertThat(SOME.take(129)).isFalse();
        assertThat(SOME.take(513)).isTrue();
        assertThat(SOME.take(8192)).isTrue();
    }

    @Test
    void aGainThatMayBeChanceIsNone() {
        Trial twoPercent = new Trial(512, 10.2e-6, 10e-6);
        assertThat(twoPercent.won()).isFalse();
        assertThat(twoPercent.savedPerRow()).isZero();
        assertThat(new Trial(512, 10.4e-6, 10e-6).savedPerRow()).isPositive();
    }

    @Test
    void fewRowsMustGainMoreSinceOurKernelsOverlapThere() {
        assertThat(new Trial(256, 10.9e-6, 10e-6).won()).isFalse();
        assertThat(new Trial(256, 11.1e-6, 10e-6).won()).isTrue();
        assertThat(new Trial(257, 10.9e-6, 10e-6).won()).isTrue();
    }

    @Test
    void theRowsItTakesAreNamedAsRanges() {
        assertThat(SOME).hasToString("64 to 128, 2048");
        assertThat(CublasRows.ALL).hasToString("all");
        assertThat(CublasRows.ALL.take(17)).isTrue();
        assertThat(CublasRows.measured(List.of(new Trial(32, 1e-6, 1e-6)))).hasToString("none");
    }

    @Test
    void measurementsAreGivenInMicrosecondsOwnFirst() {
        assertThat(CublasRows.describe(List.of(new Trial(32, 10e-6, 11.04e-6), new Trial(64, 1e-3, 2e-3))))
                .isEqualTo("32: 10.0/11.0, 64: 1000.0/2000.0");
    }

    @Test
    void rowsToMeasureGrowAndLeaveOutWhatOnlyOurKernelsCompute() {
        assertThat(CublasRows.classes(600, new int[] {1, 16, 24, 600}, new int[] {512, 24, 1024}))
                .containsExactly(24, 512, 600);
    }

    @Test
    void measurementsInAnotherOrderAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CublasRows.measured(List.of(new Trial(64, 1, 1), new Trial(64, 1, 1))));
        assertThatIllegalArgumentException().isThrownBy(() -> CublasRows.measured(List.of()));
    }
}
