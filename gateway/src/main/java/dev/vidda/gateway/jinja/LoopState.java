package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Bool;
import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.Method;
import dev.vidda.gateway.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The variable {@code loop}: where a loop stands. Items are fetched as late as possible: only {@code last},
 * {@code nextitem} and, for items that have no length, {@code length} look ahead.
 */
final class LoopState implements Value {

    static final Set<String> METHODS = Set.of("cycle", "changed");

    /** Renders the loop's body over other items, one level deeper. */
    @FunctionalInterface
    interface Recursion {
        Value render(Value items, int depth0);
    }

    private final int depth0;
    private final @Nullable Recursion recursion;
    private Iterator<Value> items;
    private OptionalInt length;
    private int index0 = -1;
    private @Nullable Value before;
    private @Nullable Value current;
    private @Nullable Value after;
    private @Nullable List<Value> lastChanged;

    /**
     * @param length how many items there are, where it is known
     * @param recursion for a recursive loop
     */
    LoopState(Iterator<Value> items, OptionalInt length, int depth0, @Nullable Recursion recursion) {
        this.items = items;
        this.length = length;
        this.depth0 = depth0;
        this.recursion = recursion;
    }

    boolean hasNext() {
        return after != null || items.hasNext();
    }

    Value next() {
        Value item = after == null ? items.next() : after;
        after = null;
        index0++;
        before = current;
        current = item;
        return item;
    }

    int index() {
        return index0 + 1;
    }

    int length() {
        if (length.isEmpty()) {
            List<Value> rest = new ArrayList<>();
            while (items.hasNext()) {
                rest.add(items.next());
                Sizes.checkItems(rest.size());
            }
            items = rest.iterator();
            length = OptionalInt.of(rest.size() + index() + (after == null ? 0 : 1));
        }
        return length.getAsInt();
    }

    @Nullable
    Value attribute(String name) {
        return switch (name) {
            case "index" -> Int.of(index());
            case "index0" -> Int.of(index0);
            case "revindex" -> Int.of((long) length() - index0);
            case "revindex0" -> Int.of((long) length() - index());
            case "first" -> Bool.of(index0 == 0);
            case "last" -> Bool.of(peek() == null);
            case "length" -> Int.of(length());
            case "depth" -> Int.of(depth0 + 1L);
            case "depth0" -> Int.of(depth0);
            case "previtem" -> before == null ? new Undefined("there is no previous item") : before;
            case "nextitem" -> {
                Value next = peek();
                yield next == null ? new Undefined("there is no next item") : next;
            }
            default -> METHODS.contains(name) ? new Method(this, name) : null;
        };
    }

    private @Nullable Value peek() {
        if (after == null && items.hasNext()) {
            after = items.next();
        }
        return after;
    }

    Value call(String name, Arguments arguments) {
        List<Value> values = arguments.takeRest();
        if (name.equals("cycle")) {
            if (values.isEmpty()) {
                throw new Failure("no items for cycling given");
            }
            return values.get(index0 % values.size());
        }
        List<Value> last = lastChanged;
        boolean changed = last == null
                || last.size() != values.size()
                || !Comparison.equal(new Value.Tuple(last), new Value.Tuple(values));
        lastChanged = values;
        return Bool.of(changed);
    }

    /** {@code loop(items)}. */
    Value recurse(Arguments arguments) {
        Value inner = arguments.require("iterable");
        arguments.done();
        if (recursion == null) {
            throw new Failure("the loop must be marked 'recursive' to be called");
        }
        return recursion.render(inner, depth0 + 1);
    }
}
