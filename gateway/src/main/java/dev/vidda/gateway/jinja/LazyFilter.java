package dev.vidda.gateway.jinja;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The items that pass a test, each tested only when it is asked for: a template may change what the test sees. */
final class LazyFilter implements Iterator<Value> {

    private final Iterator<Value> items;
    private final Predicate<Value> keep;
    private @Nullable Value next;

    LazyFilter(Iterator<Value> items, Predicate<Value> keep) {
        this.items = items;
        this.keep = keep;
    }

    @Override
    public boolean hasNext() {
        while (next == null && items.hasNext()) {
            Value candidate = items.next();
            if (keep.test(candidate)) {
                next = candidate;
            }
        }
        return next != null;
    }

    @Override
    public Value next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        Value item = next;
        next = null;
        return item;
    }
}
