package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.vidda.gateway.text.TokenTable;
import dev.vidda.protocol.TokenLogprobs;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Log probabilities in both of OpenAI's shapes: a list of objects for chats, parallel lists for text completions. */
final class LogprobsJson {
    /** JSON has no minus infinity; this is what OpenAI reports for a token that is practically impossible. */
    private static final float LOWEST = -9999;

    private final TokenTable table;
    private final int top;

    LogprobsJson(TokenTable table, int top) {
        this.table = table;
        this.top = top;
    }

    /** {@code {"content": [{token, logprob, bytes, top_logprobs}], "refusal": null}} */
    void chat(JsonGenerator out, Piece piece) throws IOException {
        out.writeStartObject();
        out.writeArrayFieldStart("content");
        for (int i = 0; i < piece.logprobs().size(); i++) {
            TokenLogprobs entry = piece.logprobs().get(i);
            out.writeStartObject();
            token(out, piece.tokens().get(i), entry.chosen());
            out.writeArrayFieldStart("top_logprobs");
            for (int k = 0; k < Math.min(top, entry.topTokens().size()); k++) {
                out.writeStartObject();
                token(out, entry.topTokens().get(k), entry.topLogprobs().get(k));
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeNullField("refusal");
        out.writeEndObject();
    }

    /** {@code {"tokens", "token_logprobs", "top_logprobs", "text_offset"}} */
    void completion(JsonGenerator out, Piece piece) throws IOException {
        out.writeStartObject();
        out.writeArrayFieldStart("tokens");
        for (int token : piece.tokens()) {
            out.writeString(table.text(token));
        }
        out.writeEndArray();
        out.writeArrayFieldStart("token_logprobs");
        for (TokenLogprobs entry : piece.logprobs()) {
            out.writeNumber(finite(entry.chosen()));
        }
        out.writeEndArray();
        out.writeArrayFieldStart("top_logprobs");
        for (int i = 0; i < piece.logprobs().size(); i++) {
            out.writeStartObject();
            for (Map.Entry<String, Float> entry :
                    byText(piece.logprobs().get(i), piece.tokens().get(i)).entrySet()) {
                out.writeNumberField(entry.getKey(), finite(entry.getValue()));
            }
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("text_offset");
        int offset = piece.textOffset();
        for (int token : piece.tokens()) {
            out.writeNumber(offset);
            offset += table.text(token).length();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    /** The most likely tokens and the drawn one. Of tokens with the same text the most likely stands for all. */
    private Map<String, Float> byText(TokenLogprobs entry, int drawn) {
        Map<String, Float> byText = new LinkedHashMap<>();
        for (int k = 0; k < Math.min(top, entry.topTokens().size()); k++) {
            byText.putIfAbsent(
                    table.text(entry.topTokens().get(k)), entry.topLogprobs().get(k));
        }
        byText.putIfAbsent(table.text(drawn), entry.chosen());
        return byText;
    }

    private void token(JsonGenerator out, int token, float logprob) throws IOException {
        out.writeStringField("token", table.text(token));
        out.writeNumberField("logprob", finite(logprob));
        out.writeArrayFieldStart("bytes");
        for (byte value : table.bytes(token)) {
            out.writeNumber(Byte.toUnsignedInt(value));
        }
        out.writeEndArray();
    }

    private static float finite(float logprob) {
        return Math.max(logprob, LOWEST);
    }
}
