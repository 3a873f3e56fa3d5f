package dev.vidda.node;

import dev.vidda.node.cli.Vidda;

/** Where the JVM starts: hands the command line to {@link Vidda} and ends with its exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Vidda.run(args));
    }
}
