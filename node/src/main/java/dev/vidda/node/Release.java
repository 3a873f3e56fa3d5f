package dev.vidda.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which release of Vidda this is. */
public final class Release {
    private static final String UNPACKED = "development";

    private Release() {}

    /** The version in the POM, such as {@code 1.2.3}; {@code development} for classes that Maven did not pack. */
    public static String current() {
        Properties properties = new Properties();
        try (InputStream in = Release.class.getResourceAsStream("/dev/vidda/node/version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", UNPACKED);
    }
}
