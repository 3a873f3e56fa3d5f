package dev.vidda.gateway.stream;

import akka.Done;
import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.socket.BodyWriter;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenDelta;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * One HTTP request under way: one scheduler request for each of its prompts, and one bounded buffer that their tokens
 * share. If one of them fails, all are given up. Thread-safe.
 */
public final class Generation {
    /** One prompt's request: what the scheduler and what the worker is told. */
    public record Part(AdmissionRequest admission, GenerationRequest generation) {}

    /**
     * How what comes is handed on.
     *
     * @param bufferedDeltas deltas that may wait for a slow client
     * @param showsQueue whether the answer begins when all parts are in the line, and tells their places there
     */
    public record Answer(int bufferedDeltas, boolean showsQueue) {}

    private enum Stage {
        ASKED,
        WAITING,
        STARTED
    }

    private final ActorRef<TokenHub.Command> hub;
    private final List<Part> parts;
    private final EventBuffer buffer;
    private final RequestObserver observer;
    private final boolean showsQueue;
    private final Stage[] stages;
    private final CompletableFuture<Done> accepted = new CompletableFuture<>();
    private final CompletableFuture<Done> started = new CompletableFuture<>();

    private Generation(ActorRef<TokenHub.Command> hub, List<Part> parts, Answer answer, RequestObserver observer) {
        this.hub = hub;
        this.parts = List.copyOf(parts);
        this.buffer = new EventBuffer(answer.bufferedDeltas());
        this.showsQueue = answer.showsQueue();
        this.observer = observer;
        this.stages = new Stage[parts.size()];
        Arrays.fill(stages, Stage.ASKED);
    }

    /** Submits all parts. */
    public static Generation submit(
            ActorRef<TokenHub.Command> hub, List<Part> parts, Answer answer, RequestObserver observer) {
        Generation generation = new Generation(hub, parts, answer, observer);
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            hub.tell(new TokenHub.Submit(part.admission(), part.generation(), generation.new PartListener(i)));
        }
        return generation;
    }

    /**
     * Done when no part was refused, each has been started or waits in line, and at least one has been started, unless the
     * answer shows the queue; fails with an {@link ApiException} if that does not come about.
     */
    public CompletionStage<Done> accepted() {
        return accepted;
    }

    /** Done when the first part has been started and the others have, too, or wait in line; never, if that does not come about. */
    public CompletionStage<Done> started() {
        return started;
    }

    /**
     * Gives all tokens, and the failure if there is one, to a consumer; done when it wants no more or nothing comes any more.
     * To be called once; the request is given up then.
     *
     * @param consumer returns whether it wants more; called by one thread at a time
     */
    public CompletionStage<Done> forEach(Predicate<StreamEvent> consumer, Executor executor) {
        return EventDrain.run(buffer, consumer, executor).whenComplete((done, failure) -> abandon());
    }

    /**
     * All tokens as bytes, to the end that the encoder sees. To be run once; the request is given up when it ends.
     *
     * @param body takes the bytes where it can be; they do not come out of the source then
     * @param pingInterval a stream that is silent for so long sends a comment; zero for none
     */
    public Source<ByteString, NotUsed> bytes(EventEncoder encoder, Optional<BodyWriter> body, Duration pingInterval) {
        return Source.fromGraph(new ByteSource(buffer, encoder, body, pingInterval, this::abandon));
    }

    /** Nobody waits for the answer any more. Means nothing when it is complete. */
    public void abandon() {
        observer.abandoned();
        buffer.close();
        parts.forEach(part -> hub.tell(new TokenHub.Abandon(part.generation().id())));
    }

    private void reached(int part, Stage stage) {
        stages[part] = stage;
        boolean any = false;
        for (Stage each : stages) {
            if (each == Stage.ASKED) {
                return;
            }
            any |= each == Stage.STARTED;
        }
        if (any) {
            started.complete(Done.getInstance());
        }
        if (any || showsQueue) {
            accepted.complete(Done.getInstance());
        }
    }

    private void fail(ApiError error) {
        observer.failed(error);
        buffer.end(new StreamEvent.Failed(error));
        accepted.completeExceptionally(new ApiException(error));
        parts.forEach(part -> hub.tell(new TokenHub.Abandon(part.generation().id())));
    }

    /** Hears of one part, always on the hub's thread. */
    private final class PartListener implements RequestListener {
        private final int part;

        private PartListener(int part) {
            this.part = part;
        }

        @Override
        public void queued(int position, long estimatedWaitMillis) {
            if (showsQueue) {
                buffer.offer(new StreamEvent.Queued(part, position, estimatedWaitMillis));
            }
            observer.queued(part);
            reached(part, Stage.WAITING);
        }

        @Override
        public void admitted() {
            observer.admitted(part);
            reached(part, Stage.STARTED);
        }

        @Override
        public boolean tokens(TokenDelta delta) {
            observer.tokens(part, delta);
            return buffer.offer(new StreamEvent.Tokens(part, delta));
        }

        @Override
        public void failed(ApiError error) {
            fail(error);
        }
    }
}
