package dev.vidda.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What keys may begin with. Libraries have roots of their own, as Akka has, and a file may have some that it only refers to, so
 * those that no {@code reference.conf} has and no substitution names are what nobody reads.
 */
final class Roots {
    private static final String END_OF_NAME = "[.}]";

    private final Set<String> known;

    /** @param known the roots of all {@code reference.conf} */
    Roots(Set<String> known) {
        this.known = Set.copyOf(known);
    }

    /** The paths of all values in {@code given} under roots that nobody reads, sorted. */
    List<String> unreadIn(Config given) {
        Set<String> unread = new TreeSet<>();
        for (Map.Entry<String, ConfigValue> entry : given.root().entrySet()) {
            String path = ConfigUtil.joinPath(entry.getKey());
            boolean inFile = !Origins.of(entry.getValue()).equals(Origins.COMMAND_LINE);
            if (inFile && !known.contains(entry.getKey()) && !isReferredTo(path, given)) {
                collect(path, entry.getValue(), unread);
            }
        }
        return List.copyOf(unread);
    }

    /** The path with the root that somebody who wrote it probably meant; empty if it has a known one, or none like it. */
    Optional<String> corrected(String path) {
        String root = ConfigUtil.splitPath(path).getFirst();
        if (known.contains(root)) {
            return Optional.empty();
        }
        return known.stream()
                .filter(each -> EditDistance.between(each, root) <= 1 + root.length() / 4)
                .min(Comparator.comparingInt((String each) -> EditDistance.between(each, root))
                        .thenComparing(Comparator.naturalOrder()))
                .map(each -> ConfigUtil.joinPath(each)
                        + path.substring(ConfigUtil.joinPath(root).length()));
    }

    private static boolean isReferredTo(String root, Config given) {
        String text = given.root().render(ConfigRenderOptions.concise());
        return Pattern.compile("\\$\\{\\??" + Pattern.quote(root) + END_OF_NAME)
                .matcher(text)
                .find();
    }

    private static void collect(String path, ConfigValue value, Set<String> paths) {
        if (value instanceof ConfigObject object && !object.isEmpty()) {
            object.forEach((name, inner) -> collect(path + "." + ConfigUtil.joinPath(name), inner, paths));
        } else {
            paths.add(path);
        }
    }
}
