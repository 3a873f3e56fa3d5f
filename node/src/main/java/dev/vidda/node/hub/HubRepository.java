package dev.vidda.node.hub;

import java.util.regex.Pattern;

/**
 * A repository of the hub at one revision.
 *
 * @param id {@code owner/name}, or a bare name for the hub's few legacy ones
 * @param revision a branch, tag or commit
 */
public record HubRepository(String id, String revision) {
    private static final Pattern ID = Pattern.compile("(?:[A-Za-z0-9][\\w.-]{0,95}/)?[A-Za-z0-9][\\w.-]{0,95}");

    public HubRepository {
        if (!ID.matcher(id).matches() || id.contains("..")) {
            throw new IllegalArgumentException("'" + id + "' is not a repository; expected OWNER/NAME");
        }
        if (revision.isBlank() || revision.contains("..") || revision.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("'" + revision + "' is not a revision");
        }
    }

    /** Reads {@code owner/name} or {@code owner/name@revision}; without a revision, {@code main}. */
    public static HubRepository parse(String text) {
        int at = text.indexOf('@');
        return at < 0
                ? new HubRepository(text, "main")
                : new HubRepository(text.substring(0, at), text.substring(at + 1));
    }

    /** The part after the owner. */
    public String name() {
        return id.substring(id.indexOf('/') + 1);
    }

    @Override
    public String toString() {
        return revision.equals("main") ? id : id + "@" + revision;
    }
}
