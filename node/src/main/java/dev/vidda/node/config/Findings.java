package dev.vidda.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the problems of one configuration. Not thread-safe. */
public final class Findings {
    private static final int LONGEST_VALUE = 80;

    private final Config config;
    private final KnownKeys known;
    private final List<Problem> problems = new ArrayList<>();

    /**
     * Without any problem yet.
     *
     * @param config the configuration the problems are about: values and their origins are taken from it
     */
    Findings(Config config, KnownKeys known) {
        this.config = config;
        this.known = known;
    }

    /** Adds a problem with the value of {@code key}. */
    public void add(String key, String wrong, String remedy) {
        if (config.hasPath(key)) {
            ConfigValue value = config.getValue(key);
            problems.add(new Problem(key, show(key, value), known.origin(key, value), wrong, remedy));
        } else {
            problems.add(new Problem(key, "", "", wrong, remedy));
        }
    }

    /** Adds a problem that concerns no key in particular. */
    public void add(String wrong, String remedy) {
        problems.add(new Problem("", "", "", wrong, remedy));
    }

    /** By key; those that concern none come last. */
    public List<Problem> problems() {
        return problems.stream()
                .distinct()
                .sorted(Comparator.comparing((Problem problem) -> problem.key().isEmpty())
                        .thenComparing(Problem::key))
                .toList();
    }

    /** Whether something is wrong with {@code key} itself, so that looking further would only repeat it. */
    boolean concern(String key) {
        return problems.stream().anyMatch(problem -> problem.key().equals(key));
    }

    /** The value in one line, no longer than a line should be, and nothing of a secret. */
    static String show(String key, ConfigValue value) {
        if (Secrets.isSecret(key)) {
            return Secrets.MASK;
        }
        String text = value.render(ConfigRenderOptions.concise());
        return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "...";
    }
}
