package dev.vidda.node;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a node can do. */
public enum Role {
    GATEWAY,
    SCHEDULER,
    WORKER;

    /**
     * Reads the names of roles.
     *
     * @throws IllegalArgumentException naming the role that is none
     */
    static Set<Role> parse(String key, List<String> names) {
        return names.stream().map(name -> parse(key, name)).collect(Collectors.toUnmodifiableSet());
    }

    private static Role parse(String key, String name) {
        return Arrays.stream(values())
                .filter(role -> role.word().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        key + " must have roles among gateway, scheduler and worker, has '" + name + "'"));
    }

    /** As in the configuration. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
