package dev.vidda.protocol.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A grammar as a graph of nodes: what reads a byte, branches, calls a rule, repeats, or ends. Every path through it can
 * be finished, since what cannot is left out.
 */
final class Program {
    private static final int MOST_NODES = 200_000;
    private static final int MOST_EMPTY_TURNS = 100;
    private static final int IMPOSSIBLE = -1;

    enum Kind {
        BYTE,
        BRANCH,
        CALL,
        LOOP,
        END
    }

    /**
     * One node.
     *
     * @param set what a {@code BYTE} reads
     * @param targets where a {@code BRANCH} may go
     * @param entry the body of a {@code CALL} or {@code LOOP}
     * @param next what follows
     */
    record Node(Kind kind, ByteSet set, int[] targets, int entry, int min, int max, int next) {
        static Node of(Kind kind, int entry, int next) {
            return new Node(kind, ByteSet.NONE, new int[0], entry, 0, 0, next);
        }
    }

    /** The node at which every rule and loop body ends. */
    static final int END = 0;

    private final Grammar grammar;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Integer> entries = new HashMap<>();
    private final Set<String> possible = new HashSet<>();
    private final int start;

    Program(Grammar grammar) {
        this.grammar = grammar;
        nodes.add(Node.of(Kind.END, 0, 0));
        findPossible();
        refuseLeftRecursion();
        if (!possible.contains(Grammar.START)) {
            throw new IllegalArgumentException("no finite text follows the grammar");
        }
        for (String rule : possible) {
            entries.put(rule, add(Node.of(Kind.BRANCH, 0, 0)));
        }
        for (String rule : possible) {
            int body = compile(body(rule), END);
            nodes.set(entry(rule), branch(body));
        }
        start = entry(Grammar.START);
    }

    int start() {
        return start;
    }

    Node node(int id) {
        return nodes.get(id);
    }

    List<Node> nodes() {
        return nodes;
    }

    private Expr body(String rule) {
        Expr body = grammar.rules().get(rule);
        if (body == null) {
            throw new IllegalArgumentException("the grammar has no rule named '" + rule + "'");
        }
        return body;
    }

    private int entry(String rule) {
        Integer entry = entries.get(rule);
        return entry == null ? IMPOSSIBLE : entry;
    }

    /** Entry of {@code expr} followed by {@code next}, or {@link #IMPOSSIBLE}. */
    private int compile(Expr expr, int next) {
        return switch (expr) {
            case Expr.Bytes bytes -> bytes.set().isEmpty() ? IMPOSSIBLE : read(bytes.set(), next);
            case Expr.Literal literal -> {
                byte[] bytes = literal.bytes();
                int entry = next;
                for (int i = bytes.length - 1; i >= 0; i--) {
                    entry = read(ByteSet.of(bytes[i] & 0xff), entry);
                }
                yield entry;
            }
            case Expr.Seq seq -> {
                int entry = next;
                for (int i = seq.parts().size() - 1; i >= 0 && entry != IMPOSSIBLE; i--) {
                    entry = compile(seq.parts().get(i), entry);
                }
                yield entry;
            }
            case Expr.Alt alt -> {
                int[] targets = alt.choices().stream()
                        .mapToInt(choice -> compile(choice, next))
                        .filter(target -> target != IMPOSSIBLE)
                        .distinct()
                        .toArray();
                yield targets.length == 0 ? IMPOSSIBLE : targets.length == 1 ? targets[0] : add(branch(targets));
            }
            case Expr.Repeat repeat -> repeat(repeat, next);
            case Expr.Ref ref -> {
                int entry = entry(ref.rule());
                yield entry == IMPOSSIBLE ? IMPOSSIBLE : add(Node.of(Kind.CALL, entry, next));
            }
        };
    }

    private int repeat(Expr.Repeat repeat, int next) {
        if (!isPossible(repeat.body())) {
            return repeat.min() == 0 ? next : IMPOSSIBLE;
        }
        if (repeat.max() == Expr.ANY_NUMBER) {
            int loop = add(branch(next));
            nodes.set(loop, branch(compile(repeat.body(), loop), next));
            return repeat.min() == 0 ? loop : repeat(new Expr.Repeat(repeat.body(), repeat.min(), repeat.min()), loop);
        }
        if (repeat.max() == 0) {
            return next;
        }
        if (repeat.max() == 1) {
            int body = compile(repeat.body(), next);
            return repeat.min() == 1 ? body : add(branch(body, next));
        }
        if (isEmptyPossible(repeat.body(), new HashSet<>()) && repeat.max() > MOST_EMPTY_TURNS) {
            throw new IllegalArgumentException("what may be empty can be repeated in a grammar " + MOST_EMPTY_TURNS
                    + " times at most, not " + repeat.max());
        }
        int body = compile(repeat.body(), END);
        return add(new Node(Kind.LOOP, ByteSet.NONE, new int[0], body, repeat.min(), repeat.max(), next));
    }

    private int read(ByteSet set, int next) {
        return add(new Node(Kind.BYTE, set, new int[0], 0, 0, 0, next));
    }

    private static Node branch(int... targets) {
        return new Node(Kind.BRANCH, ByteSet.NONE, targets, 0, 0, 0, 0);
    }

    private int add(Node node) {
        if (nodes.size() >= MOST_NODES) {
            throw new IllegalArgumentException("the grammar needs more than " + MOST_NODES + " states");
        }
        nodes.add(node);
        return nodes.size() - 1;
    }

    /** Rules with a finite text: more of them, until no more are found. */
    private void findPossible() {
        boolean found = true;
        while (found) {
            found = false;
            for (Map.Entry<String, Expr> rule : grammar.rules().entrySet()) {
                if (!possible.contains(rule.getKey()) && isPossible(rule.getValue())) {
                    found |= possible.add(rule.getKey());
                }
            }
        }
    }

    private boolean isPossible(Expr expr) {
        return switch (expr) {
            case Expr.Bytes bytes -> !bytes.set().isEmpty();
            case Expr.Literal _ -> true;
            case Expr.Seq seq -> seq.parts().stream().allMatch(this::isPossible);
            case Expr.Alt alt -> alt.choices().stream().anyMatch(this::isPossible);
            case Expr.Repeat repeat -> repeat.min() == 0 || isPossible(repeat.body());
            case Expr.Ref ref -> possible.contains(ref.rule());
        };
    }

    private boolean isEmptyPossible(Expr expr, Set<String> within) {
        return switch (expr) {
            case Expr.Bytes _ -> false;
            case Expr.Literal literal -> literal.text().isEmpty();
            case Expr.Seq seq -> seq.parts().stream().allMatch(part -> isEmptyPossible(part, within));
            case Expr.Alt alt -> alt.choices().stream().anyMatch(choice -> isEmptyPossible(choice, within));
            case Expr.Repeat repeat -> repeat.min() == 0 || isEmptyPossible(repeat.body(), within);
            case Expr.Ref ref -> {
                boolean fresh = within.add(ref.rule());
                boolean empty = fresh && isEmptyPossible(body(ref.rule()), within);
                within.remove(ref.rule());
                yield empty;
            }
        };
    }

    /** A rule that comes back to itself before it has read anything would never get anywhere. */
    private void refuseLeftRecursion() {
        Map<String, Set<String>> firsts = new HashMap<>();
        for (String rule : grammar.rules().keySet()) {
            Set<String> called = new HashSet<>();
            firstCalls(body(rule), called);
            firsts.put(rule, called);
        }
        for (String rule : grammar.rules().keySet()) {
            Set<String> reached = new HashSet<>();
            List<String> open = new ArrayList<>(firsts.getOrDefault(rule, Set.of()));
            while (!open.isEmpty()) {
                String called = open.removeLast();
                if (reached.add(called)) {
                    open.addAll(firsts.getOrDefault(called, Set.of()));
                }
            }
            if (reached.contains(rule)) {
                throw new IllegalArgumentException(
                        "the grammar's rule '" + rule + "' comes back to itself before it has read anything");
            }
        }
    }

    private void firstCalls(Expr expr, Set<String> called) {
        switch (expr) {
            case Expr.Bytes _, Expr.Literal _ -> {}
            case Expr.Seq seq -> {
                for (Expr part : seq.parts()) {
                    firstCalls(part, called);
                    if (!isEmptyPossible(part, new HashSet<>())) {
                        return;
                    }
                }
            }
            case Expr.Alt alt -> alt.choices().forEach(choice -> firstCalls(choice, called));
            case Expr.Repeat repeat -> firstCalls(repeat.body(), called);
            case Expr.Ref ref -> called.add(ref.rule());
        }
    }
}
