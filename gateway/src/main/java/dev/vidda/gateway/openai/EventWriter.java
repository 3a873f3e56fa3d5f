package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes one message in the way of some API: as a row of events, or as one body. */
public interface EventWriter extends Message.Listener {
    /** Where events go. */
    @FunctionalInterface
    interface Sink {
        void event(ObjectNode event);
    }

    /** Before the first block. */
    void begin(Usage usage);

    /** After the last block. */
    void end(Message message, Ending ending, Usage usage);

    void fail(ApiError error);

    /** The whole answer. */
    ObjectNode whole(Message message, Ending ending, Usage usage);
}
