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
import java.time.Duration;
import java.util.List;

/**
 * The stream's end of an {@link EventBuffer}, as bytes: taking, encoding, ending and pinging are one stage, because each
 * stage costs every token of every stream. An element is all that waited when the connection was ready for more, so a
 * connection that falls behind gets fewer and larger ones. Fails when the buffer overflowed. To be run once; the request
 * is given up when the stream ends in any way.
 */
final class ByteSource extends GraphStage<SourceShape<ByteString>> {
    private static final ByteString PING_BYTES = ByteString.fromString(": ping\n\n");
    private static final String PING = "ping";
    /** Silence is noticed to the half of the interval. */
    private static final int TICKS = 2;

    private final Outlet<ByteString> out = Outlet.create("ByteSource.out");
    private final SourceShape<ByteString> shape = SourceShape.of(out);
    private final EventBuffer buffer;
    private final EventEncoder encoder;
    private final Duration pingInterval;
    private final Runnable onStop;

    /** @param pingInterval a stream that is silent for so long sends a comment; zero for none */
    ByteSource(EventBuffer buffer, EventEncoder encoder, Duration pingInterval, Runnable onStop) {
        this.buffer = buffer;
        this.encoder = encoder;
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
        private int silentTicks;

        private Logic() {
            super(shape);
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    deliver();
                }
            });
        }

        @Override
        public void preStart() {
            AsyncCallback<Boolean> changed = createAsyncCallback(ignored -> deliver());
            buffer.onChange(() -> changed.invoke(true));
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
            if (++silentTicks >= TICKS && isAvailable(out)) {
                silentTicks = 0;
                push(out, PING_BYTES);
            }
        }

        private void deliver() {
            if (buffer.hasOverflowed()) {
                failStage(new SlowClientException());
                return;
            }
            if (isAvailable(out)) {
                sendWhatWaits();
            }
            if (buffer.isFinished()) {
                completeStage();
            }
        }

        /** Takes until there is something to send, or nothing left: only then is the stage woken again. */
        private void sendWhatWaits() {
            for (List<StreamEvent> events = buffer.take(); !events.isEmpty(); events = buffer.take()) {
                events.forEach(encoder::accept);
                byte[] bytes = encoder.take();
                if (bytes.length > 0) {
                    silentTicks = 0;
                    push(out, ByteString.fromArrayUnsafe(bytes));
                }
                if (encoder.done()) {
                    completeStage();
                    return;
                }
                if (bytes.length > 0) {
                    return;
                }
            }
        }
    }
}
