package dev.vidda.gateway.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.function.Predicate;

/**
 * One call written as a JSON object with a name and arguments, read character by character: the arguments go on as they
 * come. Fields may come in any order, and fields of other names are skipped.
 */
final class JsonCall {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private enum State {
        BEFORE,
        KEY,
        COLON,
        VALUE,
        AFTER_VALUE,
        ENDED,
        BROKEN
    }

    private final Predicate<String> knownName;
    private final StringBuilder raw = new StringBuilder();
    private final StringBuilder token = new StringBuilder();
    private State state = State.BEFORE;
    private String key = "";
    private String early = "";
    private int sent;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean begun;
    private boolean hasArguments;

    /** @param knownName a call to any other function is no call */
    JsonCall(Predicate<String> knownName) {
        this.knownName = knownName;
    }

    /** Whether the object is complete. */
    boolean ended() {
        return state == State.ENDED;
    }

    /** Whether this is no call. */
    boolean broken() {
        return state == State.BROKEN;
    }

    /** Whether clients have seen the beginning of the call. */
    boolean begun() {
        return begun;
    }

    /** All that was read before the call began. */
    String raw() {
        return raw.toString();
    }

    /** Reads up to the object's end; returns how many characters that were. */
    int read(CharSequence text, MessageSink sink) {
        int i = 0;
        while (i < text.length() && state != State.ENDED && state != State.BROKEN) {
            char c = text.charAt(i++);
            if (!begun) {
                raw.append(c);
            }
            accept(c, sink);
        }
        if (state == State.VALUE) {
            sendValue(sink);
        }
        return i;
    }

    private void accept(char c, MessageSink sink) {
        boolean space = Character.isWhitespace(c);
        switch (state) {
            case BEFORE -> state = c == '{' ? State.KEY : space ? State.BEFORE : State.BROKEN;
            case KEY -> key(c, sink);
            case COLON -> state = c == ':' ? State.VALUE : space ? State.COLON : State.BROKEN;
            case VALUE -> value(c, sink);
            case AFTER_VALUE -> afterValue(c, sink);
            case ENDED, BROKEN -> {}
        }
    }

    private void key(char c, MessageSink sink) {
        if (inString || c == '"') {
            take(c);
            if (!inString) {
                key = decoded();
                state = State.COLON;
            }
        } else if (c == '}') {
            end(sink);
        } else if (!Character.isWhitespace(c) && c != ',') {
            state = State.BROKEN;
        }
    }

    private void value(char c, MessageSink sink) {
        if (token.isEmpty() && Character.isWhitespace(c)) {
            return;
        }
        boolean nested = inString || depth > 0;
        if (!nested && !token.isEmpty() && (c == ',' || c == '}' || Character.isWhitespace(c))) {
            valueEnded(sink);
            afterValue(c, sink);
            return;
        }
        take(c);
        if (nested && !inString && depth == 0) {
            valueEnded(sink);
        }
    }

    private void take(char c) {
        token.append(c);
        if (escaped) {
            escaped = false;
        } else if (inString) {
            escaped = c == '\\';
            inString = c != '"';
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }

    private boolean isArguments() {
        return key.equals("arguments") || key.equals("parameters");
    }

    /** Arguments that are an object go on at once; in a string they are JSON once more. */
    private void sendValue(MessageSink sink) {
        if (begun && isArguments() && !token.isEmpty() && token.charAt(0) != '"') {
            sink.arguments(token.substring(sent));
            sent = token.length();
        }
    }

    private void valueEnded(MessageSink sink) {
        state = State.AFTER_VALUE;
        if (isArguments() && !hasArguments) {
            hasArguments = true;
            sendValue(sink);
            boolean isSent = sent > 0;
            String value = decoded();
            if (begun && !isSent) {
                sink.arguments(value);
            } else if (!begun) {
                early = value;
            }
        } else if (key.equals("name") && !begun) {
            String name = decoded();
            if (name.isEmpty() || !knownName.test(name)) {
                state = State.BROKEN;
                return;
            }
            begun = true;
            sink.beginCall(name);
            sink.arguments(early);
        }
        token.setLength(0);
    }

    private void afterValue(char c, MessageSink sink) {
        if (state == State.BROKEN) {
            return;
        }
        if (c == ',') {
            state = State.KEY;
        } else if (c == '}') {
            end(sink);
        } else if (!Character.isWhitespace(c)) {
            state = State.BROKEN;
        }
    }

    private void end(MessageSink sink) {
        state = begun ? State.ENDED : State.BROKEN;
        if (begun && !hasArguments) {
            sink.arguments("{}");
        }
    }

    /** Takes the token: the string that a JSON string stands for; anything else stands for itself. */
    private String decoded() {
        String json = token.toString();
        token.setLength(0);
        sent = 0;
        try {
            JsonNode node = JSON.readTree(json);
            return node.isTextual() ? node.textValue() : json;
        } catch (JsonProcessingException e) {
            return json;
        }
    }
}
