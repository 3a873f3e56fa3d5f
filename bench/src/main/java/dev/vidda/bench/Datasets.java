package dev.vidda.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/** Prompts as benchmarks of serving use them. The prompt of an index is the same for the same seed. */
final class Datasets {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Spreads the seeds of neighbouring prompts. */
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private Datasets() {}

    /**
     * Conversations in the form of ShareGPT: a list of {@code {"conversations": [{"from": "human", "value": ...}, ...]}}.
     * Each that begins with a human's turn gives a chat with that turn; with {@code turns} above 1, the chats of a
     * conversation follow each other, each with all before it, as sessions do.
     *
     * @param turns the most human turns to take of each
     * @throws IllegalArgumentException if the file has no such conversation
     */
    static List<Prompt> shareGpt(Path file, int turns) throws IOException {
        List<Prompt> prompts = new ArrayList<>();
        for (JsonNode entry : JSON.readTree(file.toFile())) {
            ArrayNode messages = JsonNodeFactory.instance.arrayNode();
            int taken = 0;
            for (JsonNode turn : entry.path("conversations")) {
                boolean human = turn.path("from").asText().matches("human|user");
                if (messages.isEmpty() && !human) {
                    break;
                }
                messages.addObject()
                        .put("role", human ? "user" : "assistant")
                        .put("content", turn.path("value").asText());
                if (human && taken++ < turns) {
                    prompts.add(new Prompt(Endpoint.CHAT, messages.deepCopy(), OptionalInt.empty(), Optional.empty()));
                }
            }
        }
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException(file + " has no conversation that begins with a human's turn");
        }
        return prompts;
    }

    /**
     * Random token ids, after a beginning that several prompts share.
     *
     * @param length mean length of what is each prompt's own
     * @param spread lengths are uniform in {@code length * (1 - spread) .. length * (1 + spread)}
     * @param prefix tokens of the shared beginning; 0 for none
     * @param prefixes how many different beginnings there are, at least 1
     */
    record Random(int length, double spread, int prefix, int prefixes, int vocabulary, long seed) {
        Random {
            require(length >= 1, "--random must be at least 1, was " + length);
            require(vocabulary >= 1, "--vocabulary must be at least 1, was " + vocabulary);
            require(prefix >= 0, "--prefix must not be negative, was " + prefix);
            require(prefixes >= 1, "--prefixes must be at least 1, was " + prefixes);
            require(spread >= 0 && spread < 1, "--spread must be in [0, 1), was " + spread);
        }

        private static void require(boolean holds, String rule) {
            if (!holds) {
                throw new IllegalArgumentException(rule);
            }
        }

        IntFunction<Prompt> prompts() {
            return index -> {
                SplittableRandom own = new SplittableRandom(seed + GOLDEN * (index + 1L));
                int shortest = Math.max(1, (int) Math.round(length * (1 - spread)));
                int longest = Math.max(shortest, (int) Math.round(length * (1 + spread)));
                int tokens = own.nextInt(shortest, longest + 1);
                ArrayNode ids = JsonNodeFactory.instance.arrayNode(prefix + tokens);
                new SplittableRandom(~seed + GOLDEN * (index % prefixes))
                        .ints(prefix, 0, vocabulary)
                        .forEach(ids::add);
                own.ints(tokens, 0, vocabulary).forEach(ids::add);
                return new Prompt(Endpoint.COMPLETIONS, ids, OptionalInt.of(prefix + tokens), Optional.empty());
            };
        }
    }
}
