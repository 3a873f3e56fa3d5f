package dev.vidda.node.cli;

import dev.vidda.node.Release;
import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
public final class Version implements IVersionProvider {
    /** As in the POM: {@code 1.2.3}. */
    public static String current() {
        return Release.current();
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "Vidda " + current(),
            "Java " + Runtime.version() + " on " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
