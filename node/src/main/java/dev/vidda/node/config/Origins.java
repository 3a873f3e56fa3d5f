package dev.vidda.node.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where values come from, in words for whoever set them. */
final class Origins {
    static final String DEFAULT = "default";
    static final String COMMAND_LINE = "command line";
    static final String ENVIRONMENT = "environment";

    private Origins() {}

    /** {@code conf/node.conf: 12}, {@code environment}, {@code command line} or {@code default}. */
    static String of(ConfigValue value) {
        return of(value.origin());
    }

    static String of(ConfigOrigin origin) {
        String resource = origin.resource();
        if (isBuiltIn(origin, resource)) {
            return DEFAULT;
        }
        String file = origin.filename();
        if (file != null) {
            return origin.lineNumber() > 0 ? relative(file) + ": " + origin.lineNumber() : relative(file);
        }
        return origin.description().startsWith("env var") ? ENVIRONMENT : origin.description();
    }

    /** Whether nobody set it: it comes from the {@code reference.conf} or {@code application.conf} in Vidda's jars. */
    static boolean isDefault(ConfigValue value) {
        return of(value).equals(DEFAULT);
    }

    private static boolean isBuiltIn(ConfigOrigin origin, @Nullable String resource) {
        String name = resource == null ? origin.description() : resource;
        return name.startsWith("reference.conf") || name.startsWith("application.conf");
    }

    private static String relative(String file) {
        Path here = Path.of("").toAbsolutePath();
        Path path = Path.of(file).toAbsolutePath().normalize();
        return path.startsWith(here) ? here.relativize(path).toString() : path.toString();
    }
}
