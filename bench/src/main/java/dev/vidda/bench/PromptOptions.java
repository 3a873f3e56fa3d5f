package dev.vidda.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What a server is asked. */
final class PromptOptions {
    /**
     * The prompts.
     *
     * @param byIndex of each request, endlessly
     * @param count how many different ones there are, where they were read from a file
     */
    record Given(IntFunction<Prompt> byIndex, OptionalInt count) {}

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--expect-field",
            paramLabel = "FIELD",
            description = "Field of each line with the answer that the reply must end with.")
    private @Nullable String expectField;

    @Option(
            names = "--turns",
            paramLabel = "N",
            defaultValue = "1",
            description = "Turns of each conversation: its chats follow each other, as in a session (default: 1).")
    private int turns;

    @Option(
            names = "--spread",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Lengths of random prompts vary by this share, in [0, 1) (default: 0).")
    private double spread;

    @Option(
            names = "--prefix",
            paramLabel = "TOKENS",
            defaultValue = "0",
            description = "Tokens that random prompts share (default: 0).")
    private int prefix;

    @Option(
            names = "--prefixes",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many such beginnings there are (default: 1).")
    private int prefixes;

    @Option(
            names = "--vocabulary",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Random token ids are below it (default: 1000).")
    private int vocabulary;

    /**
     * Reads or makes them.
     *
     * @param seed of what is made
     * @throws IllegalArgumentException naming what cannot be used
     */
    Given given(long seed) throws IOException {
        if (source.prompts == null && source.shareGpt == null) {
            return new Given(synthetic(seed), OptionalInt.empty());
        }
        List<Prompt> read = source.prompts == null
                ? Datasets.shareGpt(Objects.requireNonNull(source.shareGpt), turns)
                : Prompts.read(source.prompts, Optional.ofNullable(expectField));
        return new Given(index -> read.get(index % read.size()), OptionalInt.of(read.size()));
    }

    private IntFunction<Prompt> synthetic(long seed) {
        if (expectField != null) {
            throw new IllegalArgumentException("--expect-field needs --prompts: random token ids have no answer");
        }
        return new Datasets.Random(source.random, spread, prefix, prefixes, vocabulary, seed).prompts();
    }

    /** Where prompts come from: exactly one of these. */
    private static final class Source {
        @Option(
                names = "--prompts",
                paramLabel = "FILE",
                description = "JSON lines with messages or a prompt (text or token ids).")
        private @Nullable Path prompts;

        @Option(
                names = "--sharegpt",
                paramLabel = "FILE",
                description = "Conversations in the form of ShareGPT (a JSON list).")
        private @Nullable Path shareGpt;

        @Option(
                names = {"--random", "--synthetic"},
                paramLabel = "TOKENS",
                description = "Prompts of so many random token ids each.")
        private int random;
    }
}
