package dev.vidda.protocol.grammar;

import dev.vidda.protocol.grammar.Program.Kind;
import dev.vidda.protocol.grammar.Program.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A compiled grammar: a machine of states that follow each other byte by byte. States are sets of places in the grammar,
 * each with the stack of rules it will come back to; equal ones are the same object, and every step is computed once.
 *
 * <p>Not thread-safe. When too many states are known, all are forgotten; those in use stay good.
 */
public final class Automaton {
    private static final int MOST_STATES = 20_000;
    private static final int CALL = -1;

    /**
     * Where to go on when a rule or a repeated part has ended.
     *
     * @param count {@link #CALL} for a rule; else how often the part was repeated
     */
    record Frame(int node, int count, @Nullable Frame parent, int hash) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Frame f && node == f.node && count == f.count && parent == f.parent;
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** A place before a byte to read. */
    record Place(int node, Frame frame) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Place p && node == p.node && frame == p.frame;
        }

        @Override
        public int hashCode() {
            return node * 31 + frame.hash();
        }
    }

    /** Below the last frame: the text is over. */
    private final Frame bottom = new Frame(-1, CALL, null, 1);
    /** Below the last frame of a part of the grammar that is looked at by itself. */
    private final Frame outside = new Frame(-2, CALL, null, 2);

    private final Program program;
    private final byte[] classOf = new byte[256];
    private final int classes;
    private final Map<Frame, Frame> frames = new HashMap<>();
    private final Map<Set<Object>, State> states = new HashMap<>();

    /** @throws IllegalArgumentException if no finite text follows the grammar, or it cannot be read from left to right */
    public Automaton(Grammar grammar) {
        program = new Program(grammar);
        classes = classify();
    }

    /** After some bytes. */
    public final class State {
        private final List<Place> places;
        private final boolean accepting;
        private final boolean leaving;
        private final @Nullable State[] next = new State[classes];

        private State(List<Place> places, boolean accepting, boolean leaving) {
            this.places = places;
            this.accepting = accepting;
            this.leaving = leaving;
        }

        /** The state after one more byte; null if it cannot follow. */
        public @Nullable State next(byte value) {
            int index = classOf[value & 0xff] & 0xff;
            State known = next[index];
            if (known == null) {
                known = step(this, value & 0xff);
                next[index] = known;
            }
            return known.isDead() ? null : known;
        }

        /** Whether {@link #next} is known for the byte already: then it changes nothing, so any thread may ask for it. */
        public boolean knows(byte value) {
            return next[classOf[value & 0xff] & 0xff] != null;
        }

        /** Whether the text may end here. */
        public boolean isAccepting() {
            return accepting;
        }

        /** Whether any byte may follow. */
        public boolean canContinue() {
            return !places.isEmpty();
        }

        /** Whether the part of the grammar that is looked at by itself may end here. */
        public boolean isLeaving() {
            return leaving;
        }

        private boolean isDead() {
            return places.isEmpty() && !accepting && !leaving;
        }

        /** The state's parts: what may follow it is what may follow any of them. */
        public List<Part> parts() {
            return places.stream().map(Automaton.this::part).toList();
        }
    }

    /**
     * One way to read on, cut where the innermost rule ends.
     *
     * @param inside the state within that rule, {@link State#isLeaving} at its end; the same for all callers of the rule
     * @param after the state after the rule; null where the text ends with it
     */
    public record Part(State inside, @Nullable State after) {}

    /** Before the first byte. */
    public State start() {
        Closure closure = new Closure();
        closure.enter(program.start(), bottom);
        return closure.state();
    }

    /** States that are known. */
    int size() {
        return states.size();
    }

    private Part part(Place place) {
        List<Frame> loops = new ArrayList<>();
        Frame frame = place.frame();
        while (frame.count() != CALL) {
            loops.add(frame);
            frame = parentOf(frame);
        }
        Frame cut = outside;
        for (int i = loops.size() - 1; i >= 0; i--) {
            cut = frame(loops.get(i).node(), loops.get(i).count(), cut);
        }
        Closure inside = new Closure();
        inside.places.add(new Place(place.node(), cut));
        Closure after = new Closure();
        after.leave(frame);
        return new Part(inside.state(), after.accepting && after.places.isEmpty() ? null : after.state());
    }

    private State step(State state, int value) {
        Closure closure = new Closure();
        for (Place place : state.places) {
            Node node = program.node(place.node());
            if (node.set().contains(value)) {
                closure.enter(node.next(), place.frame());
            }
        }
        return closure.state();
    }

    private Frame frame(int node, int count, Frame parent) {
        Frame frame = new Frame(node, count, parent, (parent.hash() * 31 + node) * 31 + count);
        Frame known = frames.putIfAbsent(frame, frame);
        return known == null ? frame : known;
    }

    private static Frame parentOf(Frame frame) {
        if (frame.parent() == null) {
            throw new IllegalStateException("the bottom of a stack has no parent");
        }
        return frame.parent();
    }

    /** All places that can be reached without reading. */
    private final class Closure {
        private final List<Place> places = new ArrayList<>();
        private final Set<Place> seen = new HashSet<>();
        private boolean accepting;
        private boolean leaving;

        private void enter(int id, Frame frame) {
            Node node = program.node(id);
            if (node.kind() != Kind.END && !seen.add(new Place(id, frame))) {
                return;
            }
            switch (node.kind()) {
                case BYTE -> places.add(new Place(id, frame));
                case BRANCH -> {
                    for (int target : node.targets()) {
                        enter(target, frame);
                    }
                }
                // The last call of a rule needs no way back, so lists written as recursion keep a small stack.
                case CALL -> enter(node.entry(), node.next() == Program.END ? frame : frame(node.next(), CALL, frame));
                case LOOP -> repeat(id, 0, frame);
                case END -> leave(frame);
            }
        }

        private void leave(Frame frame) {
            if (frame == bottom) {
                accepting = true;
            } else if (frame == outside) {
                leaving = true;
            } else if (frame.count() == CALL) {
                enter(frame.node(), parentOf(frame));
            } else {
                repeat(frame.node(), frame.count() + 1, parentOf(frame));
            }
        }

        private void repeat(int id, int count, Frame parent) {
            Node loop = program.node(id);
            if (count < loop.max()) {
                enter(loop.entry(), frame(id, count, parent));
            }
            if (count >= loop.min()) {
                enter(loop.next(), parent);
            }
        }

        private State state() {
            Set<Object> key = new HashSet<>(places);
            key.add(accepting);
            key.add(leaving ? "leaving" : "staying");
            State known = states.get(key);
            if (known == null) {
                if (states.size() >= MOST_STATES) {
                    states.clear();
                    frames.clear();
                }
                known = new State(List.copyOf(places), accepting, leaving);
                states.put(key, known);
            }
            return known;
        }
    }

    /** Bytes that no node tells apart are of one class. */
    private int classify() {
        Map<List<Boolean>, Byte> known = new HashMap<>();
        Set<ByteSet> sets = new HashSet<>();
        program.nodes().stream()
                .filter(node -> node.kind() == Kind.BYTE)
                .map(Node::set)
                .forEach(sets::add);
        List<ByteSet> distinct = List.copyOf(sets);
        for (int value = 0; value < 256; value++) {
            int b = value;
            List<Boolean> membership =
                    distinct.stream().map(set -> set.contains(b)).toList();
            classOf[value] = known.computeIfAbsent(membership, ignored -> (byte) known.size());
        }
        return known.size();
    }
}
