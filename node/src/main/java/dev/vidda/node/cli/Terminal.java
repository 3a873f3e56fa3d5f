package dev.vidda.node.cli;

/**
 * Which standard streams are a person's terminal. The launcher finds out, as Java cannot for one stream alone.
 *
 * @param columns width of the terminal
 */
record Terminal(boolean in, boolean out, boolean err, int columns) {
    static Terminal current() {
        String streams = System.getProperty("vidda.terminals", "");
        return new Terminal(
                streams.contains("0"),
                streams.contains("1"),
                streams.contains("2"),
                Integer.getInteger("vidda.columns", 80));
    }
}
