package dev.vidda.gateway.stream;

import dev.vidda.gateway.openai.ApiError;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EventBufferTest {
    private static final StreamEvent.Failed EVENT = new StreamEvent.Failed(ApiError.engine("x", "x"));

    private final EventBuffer buffer = new EventBuffer(2);

    @Test
    void whatWasOfferedIsTakenAtOnce() {
        assertThat(buffer.offer(EVENT)).isTrue();
        assertThat(buffer.offer(EVENT)).isTrue();
        assertThat(buffer.take()).hasSize(2);
        assertThat(buffer.take()).isEmpty();
        assertThat(buffer.isFinished()).isFalse();
    }

    @Test
    void aFullBufferDropsEverythingAndStaysClosed() {
        buffer.offer(EVENT);
        buffer.offer(EVENT);

        assertThat(buffer.offer(EVENT)).isFalse();
        assertThat(buffer.hasOverflowed()).isTrue();
        assertThat(buffer.take()).isEmpty();
        assertThat(buffer.offer(EVENT)).isFalse();
    }

    @Test
    void aConsumerThatSawNoOverflowBeforeItTookIsNotToldThatThisWasAll() {
        AtomicInteger wakes = new AtomicInteger();
        buffer.offer(EVENT);
        buffer.offer(EVENT);
        assertThat(buffer.hasOverflowed()).isFalse();
        buffer.onChange(wakes::incrementAndGet);
        buffer.offer(EVENT);

        assertThat(buffer.take()).isEmpty();
        assertThat(buffer.isFinished()).isFalse();
        assertThat(wakes).hasValue(1);
        assertThat(buffer.hasOverflowed()).isTrue();
    }

    @Test
    void theLastEventAlwaysHasAPlace() {
        buffer.offer(EVENT);
        buffer.offer(EVENT);
        buffer.end(EVENT);

        assertThat(buffer.isFinished()).isFalse();
        assertThat(buffer.take()).hasSize(3);
        assertThat(buffer.isFinished()).isTrue();
        assertThat(buffer.hasOverflowed()).isFalse();
    }

    @Test
    void offersToAClosedBufferAreNoFaultOfTheClient() {
        buffer.close();

        assertThat(buffer.offer(EVENT)).isTrue();
        assertThat(buffer.take()).isEmpty();
        assertThat(buffer.isFinished()).isTrue();
    }

    @Test
    void theConsumerIsWokenOnlyWhenItFoundNothing() {
        AtomicInteger wakes = new AtomicInteger();
        buffer.onChange(wakes::incrementAndGet);
        buffer.offer(EVENT);
        buffer.offer(EVENT);
        assertThat(wakes).hasValue(1);
        buffer.take();
        buffer.offer(EVENT);
        assertThat(wakes).hasValue(1);
        buffer.take();
        buffer.take();
        buffer.offer(EVENT);
        assertThat(wakes).hasValue(2);
        buffer.end(EVENT);
        assertThat(wakes).hasValue(3);
    }
}
