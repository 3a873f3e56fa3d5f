package dev.vidda.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys that exist: those that a {@code reference.conf} has. An object that is empty there is a map with keys of its
 * user's choice, and what is in a dispatcher are Akka's keys, so both are left alone.
 */
public final class KnownKeys {
    /** What all of Vidda's keys begin with. */
    public static final String ROOT = "vidda";

    private static final String DISPATCHER = "dispatcher";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\?(\\w+)}");

    private final Set<String> leaves = new TreeSet<>();
    private final Map<String, String> variables = new HashMap<>();
    private final Set<String> open = new HashSet<>();
    private final Roots roots;

    private KnownKeys(Roots roots) {
        this.roots = roots;
    }

    /** @param reference the {@code reference.conf} of all modules together; substitutions may be unresolved */
    public static KnownKeys of(Config reference) {
        KnownKeys known = new KnownKeys(new Roots(reference.root().keySet()));
        ConfigValue root = reference.root().get(ROOT);
        if (root instanceof ConfigObject object) {
            known.collect(ROOT, object);
        }
        return known;
    }

    /** The paths of all single values, sorted. */
    public Set<String> leaves() {
        return Collections.unmodifiableSet(leaves);
    }

    /** The environment variable that {@code key} can be set with, if any. */
    public Optional<String> variable(String key) {
        return Optional.ofNullable(variables.get(key));
    }

    /** Where {@code value} of {@code key} comes from; the variable if it is the environment. */
    String origin(String key, ConfigValue value) {
        String origin = Origins.of(value);
        return origin.equals(Origins.ENVIRONMENT) ? variable(key).orElse(origin) : origin;
    }

    /** The paths below which any key may stand. */
    public Set<String> open() {
        return Set.copyOf(open);
    }

    /** The paths of values in {@code given} that do not exist under {@code vidda}, or whose root nobody reads, sorted. */
    List<String> unknownIn(Config given) {
        Set<String> unknown = new TreeSet<>(roots.unreadIn(given));
        ConfigValue root = given.root().get(ROOT);
        if (root instanceof ConfigObject object) {
            collectUnknown(ROOT, object, unknown);
        } else if (root != null) {
            unknown.add(ROOT);
        }
        return List.copyOf(unknown);
    }

    /** The key somebody who wrote {@code unknown} probably meant. */
    Optional<String> nearest(String unknown) {
        Optional<String> corrected = roots.corrected(unknown);
        if (corrected.isPresent()) {
            String key = corrected.get();
            return leaves.contains(key) || !key.startsWith(ROOT + ".")
                    ? corrected
                    : nearestLeaf(key).or(() -> corrected);
        }
        return nearestLeaf(unknown);
    }

    private Optional<String> nearestLeaf(String unknown) {
        Optional<String> similar = leaves.stream()
                .filter(key -> EditDistance.between(key, unknown)
                        <= 1 + lastName(unknown).length() / 4)
                .min(Comparator.comparingInt(key -> EditDistance.between(key, unknown)));
        return similar.or(() -> elsewhere(unknown));
    }

    /** The right name in the wrong place. */
    private Optional<String> elsewhere(String unknown) {
        String name = lastName(unknown);
        return leaves.stream()
                .filter(key -> EditDistance.between(lastName(key), name) <= name.length() / 5)
                .min(Comparator.comparingInt(key -> EditDistance.between(key, unknown)));
    }

    /** The keys of {@code wanted} that are named in {@code text}, in the order of their places there. */
    static List<String> namedIn(String text, Collection<String> wanted) {
        return wanted.stream()
                .filter(key -> indexOf(text, key) >= 0)
                .sorted(Comparator.comparingInt(key -> indexOf(text, key)))
                .toList();
    }

    /** Where {@code key} stands in {@code text} as a whole, not as the beginning of another key; -1 if nowhere. */
    private static int indexOf(String text, String key) {
        for (int at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
            int end = at + key.length();
            boolean goesOn = end < text.length()
                    && (Character.isLetterOrDigit(text.charAt(end))
                            || text.charAt(end) == '-'
                            || text.charAt(end) == '.'
                                    && end + 1 < text.length()
                                    && Character.isLetterOrDigit(text.charAt(end + 1)));
            if (!goesOn) {
                return at;
            }
        }
        return -1;
    }

    private void collect(String path, ConfigObject object) {
        if (isOpen(path, object)) {
            open.add(path);
            return;
        }
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String child = child(path, entry.getKey());
            if (entry.getValue() instanceof ConfigObject inner) {
                collect(child, inner);
            } else {
                leaves.add(child);
                Matcher variable = VARIABLE.matcher(entry.getValue().render());
                if (variable.find()) {
                    variables.put(child, variable.group(1));
                }
            }
        }
    }

    private static boolean isOpen(String path, ConfigObject object) {
        try {
            return object.isEmpty() || path.endsWith(DISPATCHER);
        } catch (ConfigException.NotResolved e) {
            // An object that a substitution is part of: what it will hold is not known here.
            return true;
        }
    }

    private void collectUnknown(String path, ConfigObject object, Set<String> unknown) {
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String child = child(path, entry.getKey());
            if (open.contains(child) || leaves.contains(child) && !(entry.getValue() instanceof ConfigObject)) {
                continue;
            }
            if (entry.getValue() instanceof ConfigObject inner && !inner.isEmpty()) {
                collectUnknown(child, inner, unknown);
            } else if (!isParent(child)) {
                unknown.add(child);
            }
        }
    }

    private boolean isParent(String path) {
        return leaves.stream().anyMatch(key -> key.startsWith(path + "."));
    }

    private static String child(String path, String name) {
        return path + "." + ConfigUtil.joinPath(name);
    }

    static String lastName(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
