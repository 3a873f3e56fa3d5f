package dev.vidda.worker.engine;

import dev.vidda.protocol.DeviceHealth;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TokenBudgetTest {
    private final TokenBudget budget = new TokenBudget(8000, 100);

    @Test
    void isAllOfItAtFirstAndWithoutThrottling() {
        assertThat(budget.tokens()).isEqualTo(8000);
        assertThat(after(1980, false)).isEqualTo(8000);
        // An idle card lowers its clocks by itself.
        assertThat(after(345, false)).isEqualTo(8000);
    }

    @Test
    void followsTheClockWhileItIsHeldDownAndComesBack() {
        after(1980, false);
        assertThat(after(990, true)).isEqualTo(4000);
        assertThat(after(1485, true)).isEqualTo(6000);
        assertThat(after(1980, true)).isEqualTo(8000);
        assertThat(after(1700, false)).isEqualTo(8000);
    }

    @Test
    void leavesRoomForAllThatDecode() {
        after(1980, false);
        assertThat(after(10, true)).isEqualTo(100);
    }

    @Test
    void aCardWithoutAClockSensorIsNotLimited() {
        assertThat(after(0, true)).isEqualTo(8000);
    }

    private int after(int clock, boolean throttled) {
        budget.observe(new DeviceHealth(80, 700, clock, 100, 1, 2, throttled));
        return budget.tokens();
    }
}
