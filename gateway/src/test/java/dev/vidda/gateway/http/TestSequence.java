package dev.vidda.gateway.http;

import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.TokenLogprobs;
import dev.vidda.protocol.WorkerCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A request on the test's worker: the test says which tokens come. */
final class TestSequence {
    static final int EOS = 263;

    private final TestGateway gateway;
    private final WorkerCommand.Start start;
    private final int[] sent;

    TestSequence(TestGateway gateway, WorkerCommand.Start start) {
        this.gateway = gateway;
        this.start = start;
        this.sent = new int[start.request().samples()];
    }

    WorkerCommand.Start start() {
        return start;
    }

    String id() {
        return start.request().id();
    }

    /** One frame for each token of the text. */
    TestSequence text(String text) {
        for (int token : ids(text)) {
            tokens(0, token);
        }
        return this;
    }

    /** One frame with these tokens. */
    TestSequence tokens(int sample, int... tokens) {
        return delta(sample, List.of(), Optional.empty(), tokens);
    }

    /** One token with log probabilities: its own is -0.5, and the next ids follow with -1, -2, ... */
    TestSequence withLogprobs(int sample, int token, int top) {
        List<Float> logprobs = new ArrayList<>(List.of(-0.5f));
        int[] ids = new int[top];
        for (int i = 0; i < top; i++) {
            ids[i] = token + i;
            logprobs.add(-1f - i);
        }
        TokenLogprobs entry = new TokenLogprobs(-0.5f, TokenIds.of(ids), List.copyOf(logprobs.subList(0, top)));
        return delta(sample, List.of(entry), Optional.empty(), token);
    }

    /** The model's end-of-sequence token. */
    void eos() {
        eos(0);
    }

    void eos(int sample) {
        delta(sample, List.of(), finish(FinishReason.STOP, EOS, ""), EOS);
    }

    /** The end because of the token limit. */
    void length(int sample) {
        delta(sample, List.of(), finish(FinishReason.LENGTH, -1, ""));
    }

    void stopToken(int sample, int token) {
        delta(sample, List.of(), finish(FinishReason.STOP, token, ""), token);
    }

    void failed(String message) {
        delta(0, List.of(), finish(FinishReason.FAILED, -1, message));
    }

    private static Optional<Finish> finish(FinishReason reason, int token, String message) {
        return Optional.of(new Finish(reason, token, 3, 0, message));
    }

    TestSequence delta(int sample, List<TokenLogprobs> logprobs, Optional<Finish> finish, int... tokens) {
        frame(gateway.takeFrameNumber(), sample, sent[sample], logprobs, finish, tokens);
        sent[sample] += tokens.length;
        return this;
    }

    /** A frame as it is, right or wrong. */
    void frame(
            long number,
            int sample,
            int firstIndex,
            List<TokenLogprobs> logprobs,
            Optional<Finish> finish,
            int... tokens) {
        TokenDelta delta = new TokenDelta(id(), sample, firstIndex, TokenIds.of(tokens), logprobs, finish);
        start.gateway().tell(new TokenFrame("worker-1", number, List.of(delta)));
    }

    static int[] ids(String text) {
        return TestGateway.TEXT.tokenizer().encode(text, false);
    }
}
