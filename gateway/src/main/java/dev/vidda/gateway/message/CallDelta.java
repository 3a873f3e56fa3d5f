package dev.vidda.gateway.message;

import java.util.ArrayList;
import java.util.List;

/**
 * What was added to one tool call.
 *
 * @param index which call of the message, from 0
 * @param name the function's name in a call's first delta, empty in later ones
 * @param arguments a piece of the arguments' JSON text
 */
public record CallDelta(int index, String name, String arguments) {
    /** Whole calls, from all deltas of a message. */
    public static List<CallDelta> joined(List<CallDelta> deltas) {
        List<String> names = new ArrayList<>();
        List<StringBuilder> arguments = new ArrayList<>();
        for (CallDelta delta : deltas) {
            if (delta.begins()) {
                names.add(delta.name());
                arguments.add(new StringBuilder());
            }
            arguments.get(delta.index()).append(delta.arguments());
        }
        List<CallDelta> joined = new ArrayList<>(names.size());
        for (int i = 0; i < names.size(); i++) {
            joined.add(new CallDelta(i, names.get(i), arguments.get(i).toString()));
        }
        return joined;
    }

    /** Whether the call begins with this delta. */
    public boolean begins() {
        return !name.isEmpty();
    }
}
