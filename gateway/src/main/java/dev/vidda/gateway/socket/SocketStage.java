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
        LINGER,
        EXPIRED
    }

    private final Inlet<ByteString> in = Inlet.create("SocketStage.in");
    private final Outlet<ByteString> out = Outlet.create("SocketStage.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final Connection connection;
    private final Duration writeTimeout;
    private final Runnable onClosed;
    private final Start onStart;

    /** Told when the stage starts, on the stream's thread. */
    @FunctionalInterface
    interface Start {
        /**
         * Gives the means to use it past its stream.
         *
         * @param sender what sends
         * @param expire to be run when nothing more will be given to it, on any thread
         */
        void started(Sender sender, Runnable expire);
    }

    /**
     * What it is made of.
     *
     * @param onClosed run when the connection is closed, on any thread
     */
    record Parts(Connection connection, Duration writeTimeout, Runnable onClosed) {}

    SocketStage(Parts parts, Start onStart) {
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
        /** While bytes wait for the client. */
        private Optional<Stall> stall = Optional.empty();

        private boolean outputEnded;
        private long takenAtExpiry;

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
            AsyncCallback<Done> expired = createAsyncCallback(ignored -> expire());
            onStart.started(sender, () -> expired.invoke(Done.getInstance()));
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
                case STALLED -> look();
                case LINGER -> completeStage();
                case EXPIRED -> {
                    if (sender.taken() == takenAtExpiry && stall.isEmpty()) {
                        completeStage();
                    } else {
                        expire();
                    }
                }
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
            if (stall.isPresent()) {
                stall = Optional.empty();
                cancelTimer(Timer.STALLED);
            }
            if (isClosed(in)) {
                endOutput();
            } else if (!hasBeenPulled(in)) {
                pull(in);
            }
        }

        private void awaitRoom() {
            if (sender.isIdle()) {
                return;
            }
            if (stall.isEmpty()) {
                stall = Optional.of(new Stall(sender.taken()));
                Duration interval = writeTimeout.dividedBy(Stall.LOOKS);
                scheduleWithFixedDelay(Timer.STALLED, interval, interval);
            }
            connection.want(SelectionKey.OP_WRITE);
        }

        /**
         * A client that takes a little gets the whole time again. Room is tried for, because the system tells of it only
         * when much of its buffer is free.
         */
        private void look() {
            sender.flush();
            goOn();
            if (stall.isPresent() && stall.get().look(sender.taken())) {
                LOG.info("A client has read nothing for {}: its connection is closed", writeTimeout);
                abort();
            }
        }

        /** Ends what has no end of its own when nothing was sent for a moment; {@link #look} does while something waits. */
        private void expire() {
            takenAtExpiry = sender.taken();
            scheduleOnce(Timer.EXPIRED, LINGER_TIME);
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
