package dev.vidda.gateway.http;

import java.util.Optional;

/** Which version of Vidda this is. */
final class Version {
    private Version() {}

    /** The version in the jar's manifest; {@code development} where there is no jar. */
    static String current() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
