package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.vidda.gateway.message.CallDelta;
import java.io.IOException;
import java.util.List;

/** Tool calls in OpenAI's form: whole ones, and what a chunk adds to them. */
final class ToolCallsJson {
    private ToolCallsJson() {}

    /** {@code "tool_calls": [{index, id, type, function: {name, arguments}}]}, id, type and name in a call's first delta. */
    static void deltas(JsonGenerator out, AnswerHead head, int choice, List<CallDelta> calls) throws IOException {
        out.writeArrayFieldStart("tool_calls");
        for (CallDelta call : calls) {
            out.writeStartObject();
            out.writeNumberField("index", call.index());
            if (call.begins()) {
                out.writeStringField("id", head.callId(choice, call.index()));
                out.writeStringField("type", "function");
            }
            function(out, call);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    /** {@code "tool_calls": [{id, type, function: {name, arguments}}]} */
    static void whole(JsonGenerator out, AnswerHead head, int choice, List<CallDelta> calls) throws IOException {
        out.writeArrayFieldStart("tool_calls");
        for (CallDelta call : CallDelta.joined(calls)) {
            out.writeStartObject();
            out.writeStringField("id", head.callId(choice, call.index()));
            out.writeStringField("type", "function");
            function(out, call);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void function(JsonGenerator out, CallDelta call) throws IOException {
        out.writeObjectFieldStart("function");
        if (call.begins()) {
            out.writeStringField("name", call.name());
        }
        out.writeStringField("arguments", call.arguments());
        out.writeEndObject();
    }
}
