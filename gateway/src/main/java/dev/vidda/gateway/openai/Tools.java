package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The functions a chat's model may call.
 *
 * @param parallel whether one message may hold several calls
 */
public record Tools(List<Tool> tools, Choice choice, boolean parallel) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");
    private static final int MOST = 256;

    /** No tools. */
    static final Tools NONE = new Tools(List.of(), new Choice.None(), true);

    /**
     * One function.
     *
     * @param parameters a JSON schema, or null for none
     * @param strict whether the client wants calls that fit the schema, whatever that costs
     * @param definition as the client gave it, for the template
     */
    public record Tool(
            String name, @Nullable ObjectNode parameters, boolean strict, Map<String, @Nullable Object> definition) {}

    /** Which call the client wants. */
    public sealed interface Choice {
        /** No call. */
        record None() implements Choice {}

        /** As the model likes. */
        record Auto() implements Choice {}

        /** At least one. */
        record Required() implements Choice {}

        /** One of this function. */
        record Named(String name) implements Choice {}
    }

    public Tools {
        tools = List.copyOf(tools);
    }

    /** The tools that the prompt shows; none when none may be called. */
    List<Tool> offered() {
        return choice instanceof Choice.None ? List.of() : tools;
    }

    /** The functions that may be called. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        offered().forEach(tool -> names.add(tool.name()));
        return names;
    }

    /** Whether a call must come. */
    boolean forced() {
        return choice instanceof Choice.Required || choice instanceof Choice.Named;
    }

    static Tools read(JsonFields fields) {
        List<Tool> tools = new ArrayList<>();
        ArrayNode list = fields.list("tools").orElse(null);
        if (list != null) {
            if (list.size() > MOST) {
                throw new ApiException(ApiError.invalid(
                        "tools", "'tools' may have at most " + MOST + " entries, but it has " + list.size() + "."));
            }
            for (int i = 0; i < list.size(); i++) {
                tools.add(tool(JsonFields.fields(list.get(i), "tools[" + i + "]")));
            }
        }
        Set<String> names = new HashSet<>();
        for (Tool tool : tools) {
            if (!names.add(tool.name())) {
                throw new ApiException(
                        ApiError.invalid("tools", "'tools' has two functions of the name '" + tool.name() + "'."));
            }
        }
        return new Tools(tools, choice(fields, names), fields.flag("parallel_tool_calls", true));
    }

    private static Tool tool(JsonFields fields) {
        String type = fields.text("type").orElse("function");
        if (!type.equals("function")) {
            throw new ApiException(ApiError.unsupported(
                    fields.pathOf("type"), "Tools of type '" + type + "' are not supported; only 'function' is."));
        }
        JsonFields function = fields.fields("function").orElseThrow(() -> missing(fields.pathOf("function")));
        String name = function.text("name").orElseThrow(() -> missing(function.pathOf("name")));
        if (!NAME.matcher(name).matches()) {
            throw new ApiException(ApiError.invalid(
                    function.pathOf("name"),
                    "'" + function.pathOf("name") + "' must be 1 to 128 letters, digits and '_.:-', but it is '" + name
                            + "'."));
        }
        function.text("description");
        Optional<JsonFields> parameters = function.fields("parameters");
        return new Tool(
                name,
                parameters.map(JsonFields::object).orElse(null),
                function.flag("strict", false),
                Json.plainMap(fields.object()));
    }

    private static Choice choice(JsonFields fields, Set<String> names) {
        JsonNode node = fields.value("tool_choice").orElse(null);
        if (node == null) {
            return names.isEmpty() ? new Choice.None() : new Choice.Auto();
        }
        if (node.isTextual()) {
            return switch (node.textValue()) {
                case "none" -> new Choice.None();
                case "auto" -> names.isEmpty() ? new Choice.None() : new Choice.Auto();
                case "required" -> {
                    if (names.isEmpty()) {
                        throw new ApiException(ApiError.invalid(
                                "tool_choice", "'tool_choice' is 'required', but there are no 'tools'."));
                    }
                    yield new Choice.Required();
                }
                default ->
                    throw new ApiException(ApiError.invalid(
                            "tool_choice",
                            "'tool_choice' must be 'none', 'auto', 'required' or a function, but it is '"
                                    + node.textValue() + "'."));
            };
        }
        return named(JsonFields.fields(node, "tool_choice"), names);
    }

    private static Choice named(JsonFields choice, Set<String> names) {
        String type = choice.text("type").orElse("function");
        if (!type.equals("function")) {
            throw new ApiException(ApiError.unsupported(
                    "tool_choice.type", "A 'tool_choice' of type '" + type + "' is not supported."));
        }
        String name = choice.fields("function")
                .flatMap(function -> function.text("name"))
                .orElseThrow(() -> missing("tool_choice.function.name"));
        if (!names.contains(name)) {
            throw new ApiException(ApiError.invalid(
                    "tool_choice.function.name", "'tools' has no function of the name '" + name + "'."));
        }
        return new Choice.Named(name);
    }

    private static ApiException missing(String path) {
        return new ApiException(ApiError.invalid(path, "'" + path + "' is required."));
    }
}
