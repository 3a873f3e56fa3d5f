package dev.vidda.gateway.instruct;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Several texts in one body, all numbers with the highest byte first.
 *
 * <pre>
 *   request    length (4 bytes), text (UTF-8)                                      once a prompt
 *   response   kind (1 byte), prompt (4 bytes), length (4 bytes), content          any number of times
 *              kind 0: a piece of the answer to that prompt
 *              kind 1: its end: "finish_reason prompt_tokens cached_tokens completion_tokens"
 *              kind 2: an error message; nothing follows
 * </pre>
 */
public final class Frames {
    static final int TEXT = 0;
    static final int END = 1;
    static final int ERROR = 2;

    private static final String PARAM = "body";

    private Frames() {}

    /** @throws ApiException with status 400 if the frames do not fill the body exactly */
    public static List<String> prompts(byte[] body, int most) {
        ByteBuffer buffer = ByteBuffer.wrap(body);
        List<String> prompts = new ArrayList<>();
        while (buffer.hasRemaining()) {
            if (prompts.size() == most) {
                throw invalid("The body may have at most " + most + " prompts.");
            }
            int length = buffer.remaining() >= Integer.BYTES ? buffer.getInt() : -1;
            if (length < 0 || length > buffer.remaining()) {
                throw invalid("The frame of prompt " + prompts.size() + " does not fit into the body.");
            }
            prompts.add(text(buffer.slice(buffer.position(), length)));
            buffer.position(buffer.position() + length);
        }
        return prompts;
    }

    /** Strict UTF-8. */
    static String text(ByteBuffer bytes) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(bytes);
            return text.toString();
        } catch (CharacterCodingException e) {
            throw invalid("The body is not text in UTF-8.");
        }
    }

    static void write(ByteArrayOutputStream out, int kind, int prompt, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(ByteBuffer.allocate(1 + 2 * Integer.BYTES)
                .put((byte) kind)
                .putInt(prompt)
                .putInt(bytes.length)
                .array());
        out.writeBytes(bytes);
    }

    static ApiException invalid(String message) {
        return new ApiException(ApiError.invalid(PARAM, message));
    }
}
