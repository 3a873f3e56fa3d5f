package dev.vidda.gateway.jinja;

/** A template's text with line breaks as {@code \n}, and the places in it. */
record Source(String text) {

    private static final int EXCERPT = 60;

    /**
     * A place for people.
     *
     * @param line from 1
     * @param column from 1
     * @param excerpt the template's text from there to the end of the line, shortened
     */
    record Position(int line, int column, String excerpt) {}

    /** Normalises line breaks, and drops one at the end as jinja2 does. */
    static Source of(String raw) {
        String text = raw.replace("\r\n", "\n").replace('\r', '\n');
        return new Source(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
    }

    Position position(int offset) {
        int at = Math.clamp(offset, 0, text.length());
        int lineStart = text.lastIndexOf('\n', at - 1) + 1;
        int line = 1
                + (int) text.substring(0, lineStart)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        int lineEnd = text.indexOf('\n', at);
        String rest = text.substring(at, lineEnd < 0 ? text.length() : lineEnd);
        String excerpt = rest.length() > EXCERPT ? rest.substring(0, EXCERPT) + "..." : rest;
        return new Position(line, at - lineStart + 1, excerpt.isEmpty() ? "end of line" : "'" + excerpt + "'");
    }

    TemplateSyntaxException error(String problem, int offset) {
        return new TemplateSyntaxException(problem, position(offset));
    }
}
