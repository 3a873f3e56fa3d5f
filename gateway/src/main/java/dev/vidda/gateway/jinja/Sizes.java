package dev.vidda.gateway.jinja;

/** Bounds on single values, checked before an operation that could make one huge. */
final class Sizes {

    private static final int MOST_CHARACTERS = 1 << 24;
    private static final int MOST_ITEMS = 1 << 20;
    private static final int MOST_BITS = 1 << 14;

    private Sizes() {}

    static void checkText(long characters) {
        if (characters > MOST_CHARACTERS) {
            throw new Failure("a text of " + characters + " characters is too long, the limit is " + MOST_CHARACTERS);
        }
    }

    static void checkItems(long items) {
        if (items > MOST_ITEMS) {
            throw new Failure("a list of " + items + " items is too long, the limit is " + MOST_ITEMS);
        }
    }

    static void checkBits(long bits) {
        if (bits > MOST_BITS) {
            throw new Failure("an integer of " + bits + " bits is too large, the limit is " + MOST_BITS);
        }
    }
}
