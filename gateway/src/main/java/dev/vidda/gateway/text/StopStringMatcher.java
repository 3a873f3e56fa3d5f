package dev.vidda.gateway.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds stop strings in a text that comes in pieces, across the pieces' borders. Not thread-safe; one per stream.
 *
 * <p>An Aho-Corasick automaton over all stop strings: the depth of its state is the length of the longest end of the
 * text that could still begin a stop string, and exactly that much is held back. The stop string that ends first wins;
 * of several that end together, the longest. Which one is found does not depend on how the text was cut.
 */
public final class StopStringMatcher {

    /**
     * What is known after a piece.
     *
     * @param text text that may be sent now
     * @param stopString the one found, if any, as it was asked for; the text ends here then
     */
    public record Step(String text, Optional<String> stopString) {}

    private static final class State {
        private final Map<Character, State> next = new HashMap<>();
        private final int depth;
        private @Nullable State fallback;
        /** The longest stop string that ends in this state. */
        private @Nullable String stopString;

        private State(int depth) {
            this.depth = depth;
        }
    }

    private final State root = new State(0);
    private final boolean includeStopString;
    private final StringBuilder held = new StringBuilder();
    private State state = root;
    private boolean matched;

    private StopStringMatcher(boolean includeStopString) {
        this.includeStopString = includeStopString;
    }

    /**
     * @param stopStrings what ends the text; empty strings are refused
     * @param includeStopString whether the text that goes out ends with the stop string, or before it
     */
    public static StopStringMatcher of(List<String> stopStrings, boolean includeStopString) {
        StopStringMatcher matcher = new StopStringMatcher(includeStopString);
        for (String stopString : stopStrings) {
            if (stopString.isEmpty()) {
                throw new IllegalArgumentException("a stop string is empty");
            }
            matcher.add(stopString);
        }
        matcher.link();
        return matcher;
    }

    /** Takes the next piece of the text. After a match nothing more is taken and every step is empty. */
    public Step append(String piece) {
        if (matched) {
            return new Step("", Optional.empty());
        }
        for (int i = 0; i < piece.length(); i++) {
            char character = piece.charAt(i);
            held.append(character);
            state = follow(state, character);
            String found = state.stopString;
            if (found != null) {
                matched = true;
                int end = includeStopString ? held.length() : held.length() - found.length();
                return new Step(release(end), Optional.of(found));
            }
        }
        return new Step(release(held.length() - state.depth), Optional.empty());
    }

    /** The text still held back, when it ends for another reason. */
    public String finish() {
        return matched ? "" : release(held.length());
    }

    private void add(String stopString) {
        State at = root;
        for (int i = 0; i < stopString.length(); i++) {
            int depth = i + 1;
            at = at.next.computeIfAbsent(stopString.charAt(i), _ -> new State(depth));
        }
        at.stopString = stopString;
    }

    private void link() {
        List<State> level = new ArrayList<>(root.next.values());
        level.forEach(child -> child.fallback = root);
        ArrayDeque<State> queue = new ArrayDeque<>(level);
        while (!queue.isEmpty()) {
            State parent = queue.remove();
            parent.next.forEach((character, child) -> {
                State fallback = follow(parent.fallback == null ? root : parent.fallback, character);
                child.fallback = fallback;
                if (child.stopString == null) {
                    child.stopString = fallback.stopString;
                }
                queue.add(child);
            });
        }
    }

    private State follow(State from, char character) {
        State at = from;
        while (true) {
            State next = at.next.get(character);
            if (next != null) {
                return next;
            }
            if (at.fallback == null) {
                return root;
            }
            at = at.fallback;
        }
    }

    private String release(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }
}
