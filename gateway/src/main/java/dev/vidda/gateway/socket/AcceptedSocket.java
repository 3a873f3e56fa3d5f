package dev.vidda.gateway.socket;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import akka.util.ByteString;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A new connection. */
public final class AcceptedSocket {
    private final Flow<ByteString, ByteString, NotUsed> flow;
    private @Nullable Sender sender;
    private Runnable expire = () -> {};

    AcceptedSocket(SocketStage.Parts parts) {
        this.flow = Flow.fromGraph(new SocketStage(parts, (started, expiry) -> {
            sender = started;
            expire = expiry;
        }));
    }

    /** Takes what is to be sent, gives what has come. To be run once. */
    public Flow<ByteString, ByteString, NotUsed> flow() {
        return flow;
    }

    /**
     * Says that what the flow is joined with has ended: the client gets what is on its way, and then the connection is closed, even if
     * a stage between waits for bytes that do not come, as TLS does for a client's part of the handshake.
     */
    public void expire() {
        expire.run();
    }

    /** Writes the body of the next response; to be asked for in the stream that the flow runs in. */
    public BodyWriter nextBody() {
        return BodyWriter.of(Objects.requireNonNull(sender, "the flow does not run"));
    }
}
