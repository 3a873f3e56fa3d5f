package dev.vidda.gateway.schema;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of characters.
 *
 * @param ranges ascending, not touching
 */
record CodePoints(List<Range> ranges) {
    private static final int LAST = 0x10ffff;

    /** All from {@code first} to {@code last}. */
    record Range(int first, int last) {}

    static final CodePoints NONE = new CodePoints(List.of());
    static final CodePoints ALL = of(0, LAST);

    CodePoints {
        ranges = List.copyOf(ranges);
    }

    static CodePoints of(int first, int last) {
        return new CodePoints(List.of(new Range(first, last)));
    }

    static CodePoints of(int value) {
        return of(value, value);
    }

    boolean contains(int value) {
        return ranges.stream().anyMatch(range -> value >= range.first() && value <= range.last());
    }

    CodePoints or(CodePoints other) {
        List<Range> all = new ArrayList<>(ranges);
        all.addAll(other.ranges);
        all.sort((a, b) -> Integer.compare(a.first(), b.first()));
        List<Range> merged = new ArrayList<>();
        for (Range range : all) {
            Range last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && range.first() <= last.last() + 1) {
                merged.set(merged.size() - 1, new Range(last.first(), Math.max(last.last(), range.last())));
            } else {
                merged.add(range);
            }
        }
        return new CodePoints(merged);
    }

    CodePoints inverted() {
        List<Range> gaps = new ArrayList<>();
        int next = 0;
        for (Range range : ranges) {
            if (range.first() > next) {
                gaps.add(new Range(next, range.first() - 1));
            }
            next = range.last() + 1;
        }
        if (next <= LAST) {
            gaps.add(new Range(next, LAST));
        }
        return new CodePoints(gaps);
    }

    CodePoints minus(CodePoints other) {
        return inverted().or(other).inverted();
    }
}
