package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Bool;
import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.ListOf;
import dev.vidda.gateway.jinja.Value.None;
import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Str;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes values of plain Java objects as a JSON parser gives them. */
final class Values {

    private static final int DEEPEST = 200;

    private Values() {}

    /** @throws IllegalArgumentException for an object that is not null, a string, boolean, number, list or map */
    static Value of(@Nullable Object object) {
        return of(object, 0);
    }

    private static Value of(@Nullable Object object, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("a value is nested deeper than " + DEEPEST + " levels");
        }
        return switch (object) {
            case null -> None.NONE;
            case String text -> Str.of(text);
            case Boolean truth -> Bool.of(truth);
            case BigInteger number -> new Int(number);
            case BigDecimal number -> new Real(number.doubleValue());
            case Double number -> new Real(number);
            case Float number -> new Real(number);
            case Number number -> Int.of(number.longValue());
            case Map<?, ?> map -> dict(map, depth);
            case List<?> list -> list(list, depth);
            default ->
                throw new IllegalArgumentException(
                        "a template cannot be given a " + object.getClass().getName());
        };
    }

    private static Value list(List<?> list, int depth) {
        List<Value> items = new ArrayList<>(list.size());
        for (Object item : list) {
            items.add(of(item, depth + 1));
        }
        return new ListOf(Collections.unmodifiableList(items));
    }

    private static Value dict(Map<?, ?> map, int depth) {
        List<Dict.Entry> entries = new ArrayList<>(map.size());
        map.forEach((key, value) -> entries.add(new Dict.Entry(of(key, depth + 1), of(value, depth + 1))));
        return Dict.of(entries);
    }
}
