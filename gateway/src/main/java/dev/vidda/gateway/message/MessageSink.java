package dev.vidda.gateway.message;

import java.util.ArrayList;
import java.util.List;

/** Collects a delta. White space at the end of the content waits, since what stands before a call is no content. */
final class MessageSink {
    private final int mostCalls;
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder space = new StringBuilder();
    private final List<CallDelta> calls = new ArrayList<>();
    private int begun;

    /** @param mostCalls later calls are dropped */
    MessageSink(int mostCalls) {
        this.mostCalls = mostCalls;
    }

    void reasoning(CharSequence text) {
        reasoning.append(text);
    }

    void content(CharSequence text) {
        int end = text.length();
        while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        if (end > 0) {
            content.append(space).append(text, 0, end);
            space.setLength(0);
        }
        space.append(text, end, text.length());
    }

    void beginCall(String name) {
        space.setLength(0);
        begun++;
        if (begun <= mostCalls) {
            calls.add(new CallDelta(begun - 1, name, ""));
        }
    }

    /** Adds to the call that began last. */
    void arguments(String text) {
        if (begun > mostCalls || text.isEmpty()) {
            return;
        }
        int last = calls.size() - 1;
        if (last >= 0
                && calls.get(last).index() == begun - 1
                && !calls.get(last).begins()) {
            calls.set(last, new CallDelta(begun - 1, "", calls.get(last).arguments() + text));
        } else {
            calls.add(new CallDelta(begun - 1, "", text));
        }
    }

    /** Calls that clients saw. */
    int calls() {
        return Math.min(begun, mostCalls);
    }

    /** Nothing follows: waiting space is content after all, but for a message that ends with calls. */
    void finish() {
        if (begun == 0) {
            content.append(space);
        }
        space.setLength(0);
    }

    MessageDelta take() {
        if (reasoning.isEmpty() && content.isEmpty() && calls.isEmpty()) {
            return MessageDelta.NONE;
        }
        MessageDelta delta = new MessageDelta(reasoning.toString(), content.toString(), calls);
        reasoning.setLength(0);
        content.setLength(0);
        calls.clear();
        return delta;
    }
}
