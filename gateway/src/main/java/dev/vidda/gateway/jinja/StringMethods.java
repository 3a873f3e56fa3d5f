package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Bool;
import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.ListOf;
import dev.vidda.gateway.jinja.Value.None;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Tuple;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods of Python's strings. */
final class StringMethods {

    static final Set<String> SUPPORTED = Set.of(
            "strip",
            "lstrip",
            "rstrip",
            "split",
            "rsplit",
            "splitlines",
            "startswith",
            "endswith",
            "upper",
            "lower",
            "title",
            "capitalize",
            "swapcase",
            "replace",
            "find",
            "rfind",
            "index",
            "rindex",
            "count",
            "join",
            "format",
            "isdigit",
            "isdecimal",
            "isalpha",
            "isalnum",
            "isspace",
            "isupper",
            "islower",
            "isascii",
            "zfill",
            "ljust",
            "rjust",
            "center",
            "removeprefix",
            "removesuffix",
            "partition",
            "rpartition");

    static final Set<String> UNSUPPORTED = Set.of(
            "casefold",
            "encode",
            "expandtabs",
            "format_map",
            "isidentifier",
            "isnumeric",
            "isprintable",
            "istitle",
            "maketrans",
            "translate");

    /** Those whose arguments have names. */
    static final Set<String> TAKE_NAMES = Set.of("split", "rsplit", "splitlines", "replace", "format");

    private StringMethods() {}

    static Value call(Str owner, String name, Arguments arguments) {
        String text = Types.plainText(owner);
        return switch (name) {
            case "strip" -> Str.of(PythonText.strip(text, arguments.stringOrNone("chars"), true, true));
            case "lstrip" -> Str.of(PythonText.strip(text, arguments.stringOrNone("chars"), true, false));
            case "rstrip" -> Str.of(PythonText.strip(text, arguments.stringOrNone("chars"), false, true));
            case "split" -> split(text, arguments, false);
            case "rsplit" -> split(text, arguments, true);
            case "splitlines" -> ListOf.strings(PythonText.lines(text, arguments.truth("keepends", false)));
            case "startswith", "endswith" -> Bool.of(affix(text, name.equals("startswith"), arguments));
            case "replace" -> replace(text, arguments);
            case "join" -> join(text, arguments.require("iterable"));
            case "format" -> Str.of(BraceFormat.format(text, arguments.takeRest(), arguments.takeNamed()));
            case "find", "rfind", "index", "rindex" -> find(text, name, arguments);
            case "count" -> count(text, arguments);
            case "removeprefix", "removesuffix" -> removeAffix(text, name.equals("removeprefix"), arguments);
            case "partition", "rpartition" -> partition(text, name.equals("partition"), arguments);
            case "zfill" -> zfill(text, arguments.integer("width", 0));
            case "ljust" -> pad(text, arguments, 1);
            case "rjust" -> pad(text, arguments, -1);
            case "center" -> pad(text, arguments, 0);
            default -> callPlain(text, name);
        };
    }

    private static Value callPlain(String text, String name) {
        return switch (name) {
            case "upper" -> Str.of(PythonText.upper(text));
            case "lower" -> Str.of(PythonText.lower(text));
            case "title" -> Str.of(PythonText.title(text));
            case "capitalize" -> Str.of(PythonText.capitalize(text));
            case "swapcase" -> Str.of(PythonText.swapCase(text));
            case "isdigit", "isdecimal" -> Bool.of(PythonText.all(text, Character::isDigit));
            case "isalpha" -> Bool.of(PythonText.all(text, Character::isLetter));
            case "isalnum" -> Bool.of(PythonText.all(text, Character::isLetterOrDigit));
            case "isspace" -> Bool.of(PythonText.isSpace(text));
            case "isupper" -> Bool.of(PythonText.isCase(text, false));
            case "islower" -> Bool.of(PythonText.isCase(text, true));
            case "isascii" -> Bool.of(text.chars().allMatch(c -> c < 0x80));
            default -> throw new Failure("'str' object has no method '" + name + "'");
        };
    }

    private static Value split(String text, Arguments arguments, boolean fromEnd) {
        @Nullable String separator = arguments.stringOrNone("sep");
        long most = arguments.integer("maxsplit", -1);
        return ListOf.strings(
                fromEnd ? PythonText.splitFromEnd(text, separator, most) : PythonText.split(text, separator, most));
    }

    private static boolean affix(String text, boolean prefix, Arguments arguments) {
        Value wanted = arguments.require(prefix ? "prefix" : "suffix");
        String part = window(text, arguments);
        List<Value> candidates = wanted instanceof Tuple tuple ? tuple.items() : List.of(wanted);
        return candidates.stream()
                .map(candidate -> Types.string(candidate, "the prefix or suffix"))
                .anyMatch(candidate -> prefix ? part.startsWith(candidate) : part.endsWith(candidate));
    }

    private static Value replace(String text, Arguments arguments) {
        String from = Types.string(arguments.require("old"), "the text to replace");
        String to = Types.string(arguments.require("new"), "the replacement");
        return Str.of(PythonText.replace(text, from, to, arguments.integer("count", -1)));
    }

    static Str join(String separator, Value items) {
        StringBuilder out = new StringBuilder();
        boolean first = true;
        for (Value item : Types.items(items)) {
            out.append(first ? "" : separator).append(Types.string(item, "an item to join"));
            first = false;
            Sizes.checkText(out.length());
        }
        return Str.of(out.toString());
    }

    private static Value find(String text, String name, Arguments arguments) {
        String wanted = Types.string(arguments.require("sub"), "the text to find");
        boolean fromEnd = name.startsWith("r");
        if (arguments.hasPositional()) {
            throw new Failure(name + "() with bounds is not supported");
        }
        int at = fromEnd ? text.lastIndexOf(wanted) : text.indexOf(wanted);
        if (at < 0 && name.endsWith("index")) {
            throw new Failure("substring not found");
        }
        return Int.of(at < 0 ? -1 : text.codePointCount(0, at));
    }

    private static Value count(String text, Arguments arguments) {
        String wanted = Types.string(arguments.require("sub"), "the text to count");
        String part = window(text, arguments);
        if (wanted.isEmpty()) {
            return Int.of(PythonText.length(part) + 1L);
        }
        long count = 0;
        for (int at = part.indexOf(wanted); at >= 0; at = part.indexOf(wanted, at + wanted.length())) {
            count++;
        }
        return Int.of(count);
    }

    /** The part of the text between the arguments start and end. */
    private static String window(String text, Arguments arguments) {
        Value start = arguments.takeOr("start", None.NONE);
        Value end = arguments.takeOr("end", None.NONE);
        return start == None.NONE && end == None.NONE
                ? text
                : Types.text(Access.slice(Str.of(text), start, end, None.NONE));
    }

    private static Value removeAffix(String text, boolean prefix, Arguments arguments) {
        String affix = Types.string(arguments.require("affix"), "the prefix or suffix");
        if (prefix) {
            return Str.of(text.startsWith(affix) ? text.substring(affix.length()) : text);
        }
        return Str.of(text.endsWith(affix) ? text.substring(0, text.length() - affix.length()) : text);
    }

    private static Value partition(String text, boolean first, Arguments arguments) {
        String separator = Types.string(arguments.require("sep"), "the separator");
        if (separator.isEmpty()) {
            throw new Failure("empty separator");
        }
        int at = first ? text.indexOf(separator) : text.lastIndexOf(separator);
        List<String> parts = at >= 0
                ? List.of(text.substring(0, at), separator, text.substring(at + separator.length()))
                : first ? List.of(text, "", "") : List.of("", "", text);
        return new Tuple(ListOf.strings(parts).items());
    }

    private static Value zfill(String text, long width) {
        boolean signed = text.startsWith("+") || text.startsWith("-");
        String digits = signed ? text.substring(1) : text;
        return Str.of(
                (signed ? text.substring(0, 1) : "") + PythonText.pad(digits, signed ? width - 1 : width, "0", -1));
    }

    private static Value pad(String text, Arguments arguments, int side) {
        long width = Types.integer(arguments.require("width"), "the width");
        return Str.of(PythonText.pad(text, width, arguments.string("fillchar", " "), side));
    }
}
