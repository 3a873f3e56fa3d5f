package dev.vidda.worker.engine;

import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** Collects the deltas of all sequences, and checks each stream for gaps and for anything after its end. */
public final class Outcomes {
    private final Map<String, TokenIds> tokens = new HashMap<>();
    private final Map<String, Finish> finishes = new HashMap<>();
    private final List<String> order = new ArrayList<>();

    public void add(List<TokenDelta> deltas) {
        for (TokenDelta delta : deltas) {
            String key = delta.requestId() + "/" + delta.choice();
            TokenIds before = tokens.getOrDefault(key, TokenIds.EMPTY);
            assertThat(finishes).as("deltas after the end").doesNotContainKey(key);
            assertThat(delta.firstIndex()).as("first index of %s", key).isEqualTo(before.size());
            tokens.put(key, before.plus(delta.tokens()));
            delta.finish().ifPresent(finish -> {
                finishes.put(key, finish);
                order.add(key);
            });
        }
    }

    /** Steps until there is no work, with an integrity check after each. */
    public Outcomes run(Engine engine) {
        while (engine.hasWork()) {
            List<TokenDelta> deltas = engine.step();
            add(deltas);
            engine.checkIntegrity();
        }
        return this;
    }

    public int[] tokens(String key) {
        return tokens.getOrDefault(key, TokenIds.EMPTY).toArray();
    }

    public Finish finish(String key) {
        Finish finish = finishes.get(key);
        if (finish == null) {
            throw new AssertionError(key + " has not ended");
        }
        return finish;
    }

    public boolean hasEnded(String key) {
        return finishes.containsKey(key);
    }

    /** Sequences in the order of their ends. */
    public List<String> order() {
        return order;
    }

    /** All samples generated what they generate when alone, and ended for the right reason. */
    public void assertExpected(GenerationRequest request, int maxModelLength) {
        for (int choice = 0; choice < request.samples(); choice++) {
            String key = request.id() + "/" + choice;
            int[] expected = FakeRunner.expected(request, choice, maxModelLength);
            assertThat(tokens(key)).as(key).isEqualTo(expected);
            boolean stopped = request.sampling().stopTokens().contains(expected[expected.length - 1])
                    && expected.length >= request.sampling().minTokens();
            assertThat(finish(key).reason()).as(key).isEqualTo(stopped ? FinishReason.STOP : FinishReason.LENGTH);
        }
    }
}
