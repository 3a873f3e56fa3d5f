package dev.vidda.gateway.jinja;

/** What one rendering has used of its {@link Limits}. */
final class Budget {

    private static final int CHARACTERS_PER_STEP = 16;

    private final Limits limits;
    private long steps;
    private int depth;

    Budget(Limits limits) {
        this.limits = limits;
    }

    /** Counts an evaluation. */
    void step() {
        spend(1);
    }

    /** Counts the work of making {@code value}. */
    void made(Value value) {
        switch (value) {
            case Value.Str s -> {
                checkLength(s.text().length());
                spend(s.text().length() / CHARACTERS_PER_STEP);
            }
            case Value.ListOf list -> spend(list.items().size());
            case Value.Tuple tuple -> spend(tuple.items().size());
            default -> {}
        }
    }

    void checkLength(long characters) {
        if (characters > limits.maxCharacters()) {
            throw new Failure("the template writes more than " + limits.maxCharacters() + " characters");
        }
    }

    void enter() {
        if (++depth > limits.maxDepth()) {
            throw new Failure("the template nests deeper than " + limits.maxDepth() + " levels while rendering");
        }
    }

    void leave() {
        depth--;
    }

    private void spend(long amount) {
        steps += amount;
        if (steps > limits.maxSteps()) {
            throw new Failure("the template takes more than " + limits.maxSteps() + " steps to render");
        }
    }
}
