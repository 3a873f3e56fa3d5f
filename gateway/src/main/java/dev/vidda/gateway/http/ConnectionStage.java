package dev.vidda.gateway.http;

import akka.Done;
import akka.http.javadsl.model.HttpProtocols;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.Connection;
import akka.http.scaladsl.model.HttpEntity;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.javadsl.Flow;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import dev.vidda.gateway.socket.BodyWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One connection: answers its requests one after the other, tells the handler at once when the client leaves, and closes
 * the connection when it idles between requests.
 *
 * <p>Akka HTTP itself notices a client that left only when it writes next, which may be minutes away while a prompt is
 * computed; but the stream of a connection's requests ends as soon as the client's side is closed. A client that only
 * closes its sending side cannot be told from one that left.
 *
 * <p>Akka's own idle timeout cannot be used, because it closes connections that wait for their answer.
 */
final class ConnectionStage extends GraphStage<FlowShape<HttpRequest, HttpResponse>> {
    private final Inlet<HttpRequest> in = Inlet.create("ConnectionStage.in");
    private final Outlet<HttpResponse> out = Outlet.create("ConnectionStage.out");
    private final FlowShape<HttpRequest, HttpResponse> shape = FlowShape.of(in, out);
    private final RequestHandler handler;
    private final Connections connections;
    private final Duration keepAlive;
    private final Supplier<Optional<BodyWriter>> bodies;
    private final Runnable onEnd;

    /**
     * @param bodies what writes the body of the next response, where it can be written past HTTP's stages
     * @param onEnd run when no request will be answered any more, though bytes may be on their way
     */
    ConnectionStage(
            RequestHandler handler,
            Connections connections,
            Duration keepAlive,
            Supplier<Optional<BodyWriter>> bodies,
            Runnable onEnd) {
        this.handler = handler;
        this.connections = connections;
        this.keepAlive = keepAlive;
        this.bodies = bodies;
        this.onEnd = onEnd;
    }

    @Override
    public FlowShape<HttpRequest, HttpResponse> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {
        private static final String IDLE = "idle";
        private static final String ABORT = "abort";
        /** For the client to close its side after the server has. */
        private static final Duration CLOSING_TIME = Duration.ofSeconds(5);

        private final Runnable closeWhenIdle;

        private CompletableFuture<Done> clientGone = CompletableFuture.completedFuture(Done.getInstance());
        private boolean busy;

        private Logic() {
            super(shape);
            AsyncCallback<Done> drain = createAsyncCallback(ignored -> closeIfDraining());
            closeWhenIdle = () -> drain.invoke(Done.getInstance());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    onRequest(grab(in));
                }

                @Override
                public void onUpstreamFinish() {
                    clientGone.complete(Done.getInstance());
                    completeIfOver();
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pullIfIdle();
                }
            });
        }

        @Override
        public void preStart() {
            idle();
            connections.opened(closeWhenIdle);
        }

        @Override
        public void postStop() {
            clientGone.complete(Done.getInstance());
            connections.closed(closeWhenIdle);
            onEnd.run();
        }

        @Override
        public void onTimer(Object key) {
            if (key.equals(IDLE)) {
                close();
            } else {
                completeStage();
            }
        }

        private void onRequest(HttpRequest request) {
            if (isClosed(out)) {
                return;
            }
            busy = true;
            cancelTimer(IDLE);
            clientGone = new CompletableFuture<>();
            AsyncCallback<HttpResponse> respond = createAsyncCallback(this::onResponse);
            Optional<BodyWriter> body = isSimple(request) ? bodies.get() : Optional.empty();
            handler.handle(new RequestHandler.Arrived(request, clientGone, body))
                    .thenAccept(respond::invoke);
        }

        /** Whether one head and chunks are all that HTTP sends: older clients get no chunks, some want a head before. */
        private static boolean isSimple(HttpRequest request) {
            return request.protocol().equals(HttpProtocols.HTTP_1_1)
                    && request.getHeader("Expect").isEmpty();
        }

        private void onResponse(HttpResponse answer) {
            HttpResponse response = connections.isDraining() ? answer.addHeader(Connection.create("close")) : answer;
            if (response.entity().isStrict()) {
                push(out, response);
                onSent();
            } else {
                AsyncCallback<Done> sent = createAsyncCallback(ignored -> onSent());
                push(
                        out,
                        response.entity() instanceof HttpEntity.Chunked chunked
                                ? response.withEntity(TrailedEntity.via(chunked, watched(sent)))
                                : response.transformEntityDataBytes(watched(sent)));
            }
        }

        private <T> Flow<T, T, ?> watched(AsyncCallback<Done> sent) {
            return Flow.<T>create().watchTermination((unused, done) -> {
                done.whenComplete((value, failure) -> sent.invoke(Done.getInstance()));
                return done;
            });
        }

        private void onSent() {
            busy = false;
            clientGone.complete(Done.getInstance());
            completeIfOver();
            closeIfDraining();
            pullIfIdle();
            idle();
        }

        private void closeIfDraining() {
            if (connections.isDraining() && !busy) {
                close();
            }
        }

        /** Sends what was pushed and then the end; the client's end follows. Cancelling would reset the connection. */
        private void close() {
            complete(out);
            scheduleOnce(ABORT, CLOSING_TIME);
        }

        private void idle() {
            scheduleOnce(IDLE, keepAlive);
        }

        private void pullIfIdle() {
            if (!busy && isAvailable(out) && !isClosed(in) && !hasBeenPulled(in)) {
                pull(in);
            }
        }

        private void completeIfOver() {
            if (!busy && isClosed(in)) {
                completeStage();
            }
        }
    }
}
