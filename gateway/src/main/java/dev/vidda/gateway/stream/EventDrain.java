package dev.vidda.gateway.stream;

import akka.Done;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Takes what comes into an {@link EventBuffer} until a consumer has all it wants, without a stream, which would take longer
 * to set up than a small answer takes in all. The consumer is called by one thread at a time.
 */
final class EventDrain {
    private final EventBuffer buffer;
    private final Predicate<StreamEvent> consumer;
    private final Executor executor;
    private final CompletableFuture<Done> end = new CompletableFuture<>();
    private final AtomicInteger wakes = new AtomicInteger();

    private EventDrain(EventBuffer buffer, Predicate<StreamEvent> consumer, Executor executor) {
        this.buffer = buffer;
        this.consumer = consumer;
        this.executor = executor;
    }

    /**
     * Done when the consumer has had its last event, or none will come any more. Fails if the buffer overflowed, or with what
     * the consumer throws.
     *
     * @param consumer returns whether it wants more
     * @param executor where it is called
     */
    static CompletionStage<Done> run(EventBuffer buffer, Predicate<StreamEvent> consumer, Executor executor) {
        EventDrain drain = new EventDrain(buffer, consumer, executor);
        buffer.onChange(drain::wake);
        drain.wake();
        return drain.end;
    }

    private void wake() {
        if (wakes.getAndIncrement() == 0) {
            executor.execute(this::drain);
        }
    }

    private void drain() {
        int seen = wakes.get();
        do {
            if (!end.isDone()) {
                takeAll();
            }
            seen = wakes.addAndGet(-seen);
        } while (seen != 0);
    }

    private void takeAll() {
        try {
            for (List<StreamEvent> events = buffer.take(); !events.isEmpty(); events = buffer.take()) {
                for (StreamEvent event : events) {
                    if (!consumer.test(event)) {
                        end.complete(Done.getInstance());
                        return;
                    }
                }
            }
        } catch (RuntimeException e) {
            end.completeExceptionally(e);
            return;
        }
        if (buffer.hasOverflowed()) {
            end.completeExceptionally(new SlowClientException());
        } else if (buffer.isFinished()) {
            end.complete(Done.getInstance());
        }
    }
}
