package dev.vidda.worker;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StallTest {
    private final Stall stall =
            new Stall(Duration.ofSeconds(3), new Stall.Limits(Duration.ofSeconds(30), Duration.ofSeconds(60)));

    @Test
    void aStepThatStaysUnderWayForTheLimitHangs() {
        assertThat(stall.hangs(100, true)).isFalse();
        for (int i = 1; i < 10; i++) {
            assertThat(stall.hangs(100, true)).as("after %d s", 3 * i).isFalse();
        }
        assertThat(stall.hangs(100, true)).isTrue();
    }

    @Test
    void progressStartsTheTimeAnew() {
        for (int i = 0; i < 1000; i++) {
            assertThat(stall.hangs(100 + i / 9, true)).isFalse();
        }
    }

    @Test
    void anIdleWorkerDoesNotHang() {
        for (int i = 0; i < 1000; i++) {
            assertThat(stall.hangs(100, false)).isFalse();
        }
        assertThat(stall.hangs(101, true)).isFalse();
    }

    @Test
    void theFirstStepsMayTakeLonger() {
        assertThat(stall.hangs(16, true)).isFalse();
        for (int i = 1; i < 20; i++) {
            assertThat(stall.hangs(16, true)).isFalse();
        }
        assertThat(stall.hangs(16, true)).isTrue();
    }
}
