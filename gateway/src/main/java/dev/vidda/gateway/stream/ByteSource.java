package dev.vidda.gateway.stream;

import akka.stream.Attributes;
import akka.stream.Outlet;
import akka.stream.SourceShape;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import akka.util.ByteString;
import dev.vidda.gateway.socket.BodyWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The stream's end of an {@link EventBuffer}, as bytes: taking, encoding, ending and pinging are one stage, because each
 * stage costs every token of every stream. An element is all that waited when the connection was ready for more, so a
 * connection that falls behind gets fewer and larger ones. Fails when the buffer overflowed. To be run once; the request
 * is given up when the stream ends in any way.
 */
final class ByteSource extends GraphStage<SourceShape<ByteString>> {
    private static final byte[] PING_BYTES = ": ping\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final String PING = "ping";
    /** Silence is noticed to the half of the interval. */
    private static final int TICKS = 2;

    private final Outlet<ByteString> out = Outlet.create("ByteSource.out");
    private final SourceShape<ByteString> shape = SourceShape.of(out);
    private final EventBuffer buffer;
    private final EventEncoder encoder;
    private final Optional<BodyWriter> body;
    private final Duration pingInterval;
    private final Runnable onStop;

    /**
     * @param body takes the bytes where it can be; they do not come out of the source then
     * @param pingInterval a stream that is silent for so long sends a comment; zero for none
     */
    ByteSource(
            EventBuffer buffer,
            EventEncoder encoder,
            Optional<BodyWriter> body,
            Duration pingInterval,
            Runnable onStop) {
        this.buffer = buffer;
        this.encoder = encoder;
        this.body = body;
        this.pingInterval = pingInterval;
        this.onStop = onStop;
    }

    @Override
    public SourceShape<ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {
        private final Runnable wake;
        private int silentTicks;

        private Logic() {
            super(shape);
            AsyncCallback<Boolean> changed = createAsyncCallback(ignored -> deliver());
            wake = () -> changed.invoke(true);
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    deliver();
                }
            });
        }

        @Override
        public void preStart() {
            buffer.onChange(wake);
            body.ifPresent(writer -> writer.await(wake));
            if (!pingInterval.isZero()) {
                Duration tick = pingInterval.dividedBy(TICKS);
                scheduleAtFixedRate(PING, tick, tick);
            }
        }

        @Override
        public void postStop() {
            buffer.close();
            onStop.run();
        }

        @Override
        public void onTimer(Object key) {
            if (++silentTicks >= TICKS && canSend()) {
                silentTicks = 0;
                send(PING_BYTES);
            }
        }

        private void deliver() {
            if (buffer.hasOverflowed()) {
                failStage(new SlowClientException());
                return;
            }
            if (canSend()) {
                sendWhatWaits();
            }
            if (buffer.isFinished()) {
                completeStage();
            }
        }

        private boolean canSend() {
            if (body.isEmpty()) {
                return isAvailable(out);
            }
            boolean ready = body.get().isReady();
            if (!ready) {
                body.get().await(wake);
            }
            return ready;
        }

        private void send(byte[] bytes) {
            if (body.isPresent()) {
                body.get().write(bytes);
            } else {
                push(out, ByteString.fromArrayUnsafe(bytes));
            }
        }

        /** Takes until there is something to send, or nothing left: only then is the stage woken again. */
        private void sendWhatWaits() {
            for (List<StreamEvent> events = buffer.take(); !events.isEmpty(); events = buffer.take()) {
                events.forEach(encoder::accept);
                byte[] bytes = encoder.take();
                if (bytes.length > 0) {
                    silentTicks = 0;
                    send(bytes);
                }
                if (encoder.done()) {
                    completeStage();
                    return;
                }
                if (!canSend()) {
                    return;
                }
            }
        }
    }
}
