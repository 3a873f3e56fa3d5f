package dev.vidda.gateway.message;

/** Reads content and tool calls out of the text that follows the reasoning. Not thread-safe. */
interface CallReader {
    void read(String text, MessageSink sink);

    /** The text is over, maybe in the middle of a call. */
    void finish(MessageSink sink);

    /** All text is content. */
    final class None implements CallReader {
        @Override
        public void read(String text, MessageSink sink) {
            sink.content(text);
        }

        @Override
        public void finish(MessageSink sink) {}
    }
}
