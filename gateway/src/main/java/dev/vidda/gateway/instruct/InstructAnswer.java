package dev.vidda.gateway.instruct;

import dev.vidda.gateway.openai.AnswerStream;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.PreparedRequest;
import dev.vidda.gateway.openai.TextAnswer;
import dev.vidda.gateway.openai.Usage;
import dev.vidda.protocol.TokenDelta;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers as text, or in {@link Frames}. Not thread-safe. */
public final class InstructAnswer implements AnswerStream {
    private final TextAnswer texts;
    private final boolean framed;
    private final boolean[] ended;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private Optional<ApiError> failure = Optional.empty();

    public InstructAnswer(PreparedRequest request, boolean framed) {
        texts = new TextAnswer(request);
        this.framed = framed;
        ended = new boolean[request.prompts().size()];
    }

    @Override
    public void accept(int prompt, TokenDelta delta) {
        if (done()) {
            return;
        }
        try {
            texts.accept(prompt, delta);
        } catch (ApiException e) {
            fail(e.error());
            return;
        }
        String text = texts.take(prompt);
        if (!framed) {
            bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        } else if (!text.isEmpty()) {
            Frames.write(bytes, Frames.TEXT, prompt, text);
        }
        if (framed && texts.finishReason(prompt).isPresent() && !ended[prompt]) {
            ended[prompt] = true;
            Usage usage = texts.usage(prompt);
            Frames.write(
                    bytes,
                    Frames.END,
                    prompt,
                    texts.finishReason(prompt).get() + " " + usage.prompt() + " " + usage.cached() + " "
                            + usage.completion());
        }
    }

    @Override
    public void fail(ApiError error) {
        if (!done()) {
            failure = Optional.of(error);
            if (framed) {
                Frames.write(bytes, Frames.ERROR, 0, error.message());
            }
        }
    }

    /** What went wrong, if anything did. */
    public Optional<ApiError> failure() {
        return failure;
    }

    @Override
    public byte[] take() {
        byte[] taken = bytes.toByteArray();
        bytes.reset();
        return taken;
    }

    @Override
    public boolean done() {
        return failure.isPresent() || texts.allEnded();
    }

    /** How the first prompt's answer ended and what it took, by the names of headers. */
    public List<Map.Entry<String, String>> summary() {
        Usage usage = texts.usage(0);
        return List.of(
                Map.entry("X-Finish-Reason", texts.finishReason(0).orElse("error")),
                Map.entry("X-Prompt-Tokens", Integer.toString(usage.prompt())),
                Map.entry("X-Cached-Tokens", Integer.toString(usage.cached())),
                Map.entry("X-Completion-Tokens", Integer.toString(usage.completion())));
    }
}
