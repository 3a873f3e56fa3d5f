package dev.vidda.gateway.message;

/** Looks for a fixed text in what has come so far. */
record Marker(String text) {
    /** Where the marker begins, or -1. */
    int in(StringBuilder buffer) {
        return buffer.indexOf(text);
    }

    /** How many characters at the buffer's end may turn out to be the marker's beginning. */
    int begunAtEndOf(CharSequence buffer) {
        for (int length = Math.min(text.length() - 1, buffer.length()); length > 0; length--) {
            if (text.regionMatches(0, buffer.toString(), buffer.length() - length, length)) {
                return length;
            }
        }
        return 0;
    }

    /** Removes and returns what certainly stands before the marker. */
    String takeBefore(StringBuilder buffer) {
        int at = in(buffer);
        int end = at >= 0 ? at : buffer.length() - begunAtEndOf(buffer);
        String before = buffer.substring(0, end);
        buffer.delete(0, end);
        return before;
    }

    /** Removes the marker from the buffer's beginning, if it is whole. */
    boolean skip(StringBuilder buffer) {
        if (buffer.length() >= text.length() && buffer.indexOf(text) == 0) {
            buffer.delete(0, text.length());
            return true;
        }
        return false;
    }
}
