package dev.vidda.gateway.security;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All keys that are let in. */
public record KeyRing(List<ApiKey> keys) {
    /** Without any key. */
    public static final KeyRing EMPTY = new KeyRing(List.of());

    /** @throws IllegalArgumentException if two keys have one name or are the same */
    public KeyRing {
        keys = List.copyOf(keys);
        Set<String> names = new HashSet<>();
        Set<KeyHash> hashes = new HashSet<>();
        for (ApiKey key : keys) {
            if (!names.add(key.name())) {
                throw new IllegalArgumentException("two keys are named '" + key.name() + "'");
            }
            if (!hashes.add(key.hash())) {
                throw new IllegalArgumentException("key '" + key.name() + "' is listed twice");
            }
        }
    }

    /** The entry of a key. Looks at all of them, so that the time does not tell which one is near. */
    public Optional<ApiKey> find(String presented) {
        KeyHash hash = KeyHash.of(presented);
        ApiKey found = null;
        for (ApiKey key : keys) {
            if (key.hash().matches(hash)) {
                found = key;
            }
        }
        return Optional.ofNullable(found);
    }

    /** These keys and others. */
    public KeyRing plus(List<ApiKey> more) {
        List<ApiKey> all = new ArrayList<>(keys);
        all.addAll(more);
        return new KeyRing(all);
    }
}
