package dev.vidda.gateway.socket;

import akka.Done;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.SubscriptionWithCancelException;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import akka.util.ByteString;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection as a stream: bytes to send go in, bytes that came go out. It writes at once, within the stream that pushes,
 * and takes the next element when the socket has taken all of the last one. A client that takes nothing of what waits for
 * it within the write timeout is cut off.
 *
 * <p>It reads one element ahead of demand, because HTTP asks for no bytes while a request is being answered, and yet is to
 * know when the client leaves.
 *
 * <p>After the last byte the client is given a moment to close its side, since closing with unread input would reset the
 * connection and the client might not see the end.
 */
final class SocketStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    private static final Logger LOG = LoggerFactory.getLogger(SocketStage.class);
    private static final Duration LINGER_TIME = Duration.ofSeconds(1);

    private enum Timer {
        STALLED,
        LINGER
    }

    private final Inlet<ByteString> in = Inlet.create("SocketStage.in");
    private final Outlet<ByteString> out = Outlet.create("SocketStage.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final Connection connection;
    private final Duration writeTimeout;
    private final Runnable onClosed;
    private final Consumer<Sender> onStart;

    /**
     * What it is made of.
     *
     * @param onClosed run when the connection is closed, on any thread
     */
    record Parts(Connection connection, Duration writeTimeout, Runnable onClosed) {}

    /** @param onStart given what sends, on the stream's thread */
    SocketStage(Parts parts, Consumer<Sender> onStart) {
        this.connection = parts.connection();
        this.writeTimeout = parts.writeTimeout();
        this.onClosed = parts.onClosed();
        this.onStart = onStart;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {
        private ByteString unread = ByteString.emptyByteString();
        private final Sender sender;
        private int stalledWith;
        private boolean outputEnded;

        private Logic() {
            super(shape);
            AsyncCallback<Done> stuck = createAsyncCallback(ignored -> awaitRoom());
            AsyncCallback<Done> broken = createAsyncCallback(ignored -> completeStage());
            sender = new Sender(connection, new Sender.Listener() {
                @Override
                public void stuck() {
                    stuck.invoke(Done.getInstance());
                }

                @Override
                public void broken() {
                    broken.invoke(Done.getInstance());
                }
            });
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    sender.element(grab(in));
                    goOn();
                }

                @Override
                public void onUpstreamFinish() {
                    goOn();
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    abort();
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    if (!unread.isEmpty()) {
                        push(out, unread);
                        unread = ByteString.emptyByteString();
                        connection.want(SelectionKey.OP_READ);
                    }
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    if (!(cause instanceof SubscriptionWithCancelException.NonFailureCancellation)) {
                        abort();
                    } else if (outputEnded) {
                        linger();
                    }
                }
            });
        }

        @Override
        public void preStart() {
            setKeepGoing(true);
            onStart.accept(sender);
            AsyncCallback<Integer> ready = createAsyncCallback(this::onReady);
            AsyncCallback<Done> abort = createAsyncCallback(ignored -> abort());
            connection.listen(ready::invoke, () -> abort.invoke(Done.getInstance()));
            connection.want(SelectionKey.OP_READ);
            pull(in);
        }

        @Override
        public void postStop() {
            sender.end();
            try {
                connection.close();
            } catch (IOException e) {
                LOG.debug("A connection was not closed properly", e);
            }
            onClosed.run();
        }

        @Override
        public void onTimer(Object key) {
            switch ((Timer) key) {
                case STALLED -> {
                    LOG.info("A client has read nothing for {}: its connection is closed", writeTimeout);
                    abort();
                }
                case LINGER -> completeStage();
            }
        }

        private void onReady(int operations) {
            if ((operations & SelectionKey.OP_WRITE) != 0) {
                sender.flush();
                goOn();
            }
            if ((operations & SelectionKey.OP_READ) != 0) {
                receive();
            }
        }

        private void receive() {
            Optional<ByteString> bytes;
            try {
                bytes = connection.read();
            } catch (IOException e) {
                // The client reset the connection.
                sender.end();
                completeStage();
                return;
            }
            if (bytes.isEmpty()) {
                if (outputEnded) {
                    completeStage();
                } else {
                    complete(out);
                }
            } else if (isClosed(out) || isAvailable(out) || bytes.get().isEmpty()) {
                connection.want(SelectionKey.OP_READ);
                if (isAvailable(out) && !bytes.get().isEmpty()) {
                    push(out, bytes.get());
                }
            } else {
                unread = bytes.get();
            }
        }

        /** Takes the next element when the last one has gone out. */
        private void goOn() {
            if (!sender.isIdle()) {
                return;
            }
            if (stalledWith > 0) {
                stalledWith = 0;
                cancelTimer(Timer.STALLED);
            }
            if (isClosed(in)) {
                endOutput();
            } else if (!hasBeenPulled(in)) {
                pull(in);
            }
        }

        /** A client that takes a little gets the whole time again. */
        private void awaitRoom() {
            if (sender.isIdle()) {
                return;
            }
            if (sender.unsent() != stalledWith) {
                stalledWith = sender.unsent();
                scheduleOnce(Timer.STALLED, writeTimeout);
            }
            connection.want(SelectionKey.OP_WRITE);
        }

        private void endOutput() {
            outputEnded = true;
            sender.end();
            try {
                connection.endOutput();
            } catch (IOException e) {
                completeStage();
                return;
            }
            if (isClosed(out)) {
                linger();
            }
        }

        /** Reads on, for nobody, until the client closes its side. */
        private void linger() {
            scheduleOnce(Timer.LINGER, LINGER_TIME);
            connection.want(SelectionKey.OP_READ);
        }

        private void abort() {
            try {
                connection.forget();
            } catch (IOException e) {
                LOG.debug("A connection was closed already", e);
            }
            completeStage();
        }
    }
}
