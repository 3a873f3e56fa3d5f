package dev.vidda.gateway.stream;

import akka.stream.Attributes;
import akka.stream.Outlet;
import akka.stream.SourceShape;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import java.util.List;

/**
 * The stream's end of an {@link EventBuffer}: each element is all that waited when the connection was ready for more.
 * Fails when the buffer overflowed. To be run once; the request is given up when the stream ends in any way.
 */
final class EventSource extends GraphStage<SourceShape<List<StreamEvent>>> {
    private final Outlet<List<StreamEvent>> out = Outlet.create("EventSource.out");
    private final SourceShape<List<StreamEvent>> shape = SourceShape.of(out);
    private final EventBuffer buffer;
    private final Runnable onStop;

    EventSource(EventBuffer buffer, Runnable onStop) {
        this.buffer = buffer;
        this.onStop = onStop;
    }

    @Override
    public SourceShape<List<StreamEvent>> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
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
        }

        @Override
        public void postStop() {
            buffer.close();
            onStop.run();
        }

        private void deliver() {
            if (buffer.hasOverflowed()) {
                failStage(new SlowClientException());
                return;
            }
            if (isAvailable(out)) {
                List<StreamEvent> events = buffer.take();
                if (!events.isEmpty()) {
                    push(out, events);
                }
            }
            if (buffer.isFinished()) {
                completeStage();
            }
        }
    }
}
