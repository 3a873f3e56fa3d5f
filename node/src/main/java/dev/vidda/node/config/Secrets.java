package dev.vidda.node.config;

import java.util.regex.Pattern;

/** Which keys hold what must not be printed. */
final class Secrets {
    static final String MASK = "\"***\"";

    private static final Pattern NAMES = Pattern.compile(
            "(?:^|[.-])(password|passphrase|secret|token|credentials?|(?:api|admin)-keys|headers)$",
            Pattern.CASE_INSENSITIVE);

    private Secrets() {}

    static boolean isSecret(String key) {
        return NAMES.matcher(key).find();
    }
}
