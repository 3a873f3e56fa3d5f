package dev.vidda.gateway.message;

/** Reads one message as its text comes. Not thread-safe. */
public final class MessageParser {
    private final MessageStyle style;
    private final ReasoningSplit reasoning;
    private final CallReader calls;
    private final MessageSink sink;
    private final StringBuilder plain = new StringBuilder();

    MessageParser(MessageStyle style) {
        this.style = style;
        this.reasoning = new ReasoningSplit(style.reasoning());
        this.calls = style.tools().map(format -> format.reader(style.names())).orElseGet(CallReader.None::new);
        this.sink = new MessageSink(style.mostCalls());
    }

    /** Reads on. */
    public void accept(String text) {
        if (isPlain()) {
            plain.append(text);
            return;
        }
        String answer = reasoning.read(text, sink);
        if (!answer.isEmpty()) {
            calls.read(answer, sink);
        }
    }

    /** Nothing follows. Call once. */
    public void finish() {
        if (isPlain()) {
            return;
        }
        String answer = reasoning.finish(sink);
        if (!answer.isEmpty()) {
            calls.read(answer, sink);
        }
        calls.finish(sink);
        sink.finish();
    }

    /** What has become certain since the last time. */
    public MessageDelta take() {
        if (!isPlain()) {
            return sink.take();
        }
        MessageDelta delta = MessageDelta.content(plain.toString());
        plain.setLength(0);
        return delta;
    }

    /** Whether the text that comes now is reasoning. */
    public boolean isReasoning() {
        return reasoning.isReasoning();
    }

    /** Whether the message ends with calls, and says so as its reason to finish. */
    public boolean finishesWithCalls() {
        return sink.calls() > 0 && !style.namedCall();
    }

    private boolean isPlain() {
        return style.reasoning() == Reasoning.NONE && style.tools().isEmpty();
    }
}
