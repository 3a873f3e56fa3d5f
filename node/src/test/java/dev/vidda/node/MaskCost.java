package dev.vidda.node;

import dev.vidda.gateway.schema.Rules;
import dev.vidda.gateway.schema.SchemaCompiler;
import dev.vidda.gateway.text.ModelText;
import dev.vidda.protocol.Constraint;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.grammar.GrammarText;
import dev.vidda.worker.constraint.Constraints;
import dev.vidda.worker.constraint.TokenConstraint;
import dev.vidda.worker.constraint.Vocabulary;
import dev.vidda.worker.step.SampleState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Not a test: prints what masks take, without any model: texts are drawn at random under generated schemas. The time for a
 * mask that was not known is what a sequence waits for if nothing else runs meanwhile; the time of a token with known masks
 * is all that the engine's own thread spends on a constraint. Argument: a model's directory, or the number of tokens of a
 * made-up vocabulary.
 */
final class MaskCost {
    private static final int SCHEMAS = 24;
    private static final int ROUNDS = 5;
    private static final int MOST_TOKENS = 200;

    private final Constraints constraints;
    private final long[] bits;
    private final List<Long> unknown = new ArrayList<>();
    private long engineNanos;
    private int tokens;

    private MaskCost(Constraints constraints, int vocabularySize) {
        this.constraints = constraints;
        this.bits = new long[(vocabularySize + 63) / 64];
    }

    public static void main(String[] args) {
        Vocabulary vocabulary = args[0].matches("\\d+")
                ? new LargeVocabulary(Integer.parseInt(args[0]), 1)
                : new ModelVocabulary(ModelText.load(Path.of(args[0])));
        long heap = usedHeap();
        MaskCost cost = new MaskCost(new Constraints(CompletableFuture.completedFuture(vocabulary)), vocabulary.size());
        cost.compile(0);
        System.out.printf("vocabulary of %,d tokens: tree %,d KB%n", vocabulary.size(), (usedHeap() - heap) >> 10);
        for (int round = 0; round < ROUNDS; round++) {
            cost.unknown.clear();
            cost.engineNanos = 0;
            cost.tokens = 0;
            long compile = 0;
            for (int seed = 0; seed < SCHEMAS; seed++) {
                long start = System.nanoTime();
                TokenConstraint constraint = cost.compile(seed);
                compile += System.nanoTime() - start;
                cost.draw(constraint, new Random(seed));
            }
            cost.report(round, compile);
        }
        System.out.printf("heap with all that is kept: %,d KB%n", (usedHeap() - heap) >> 10);
        System.exit(0);
    }

    private TokenConstraint compile(int seed) {
        Rules rules = new Rules();
        String grammar = GrammarText.print(rules.grammar(new SchemaCompiler(rules, RandomSchemas.of(seed)).compile()));
        return constraints.of(new Constraint(grammar, List.of()));
    }

    private void draw(TokenConstraint constraint, Random random) {
        Text text = new Text();
        for (int i = 0; i < MOST_TOKENS; i++) {
            if (!constraint.isReady()) {
                long start = System.nanoTime();
                constraint.allowed(bits);
                unknown.add(System.nanoTime() - start);
            }
            long start = System.nanoTime();
            constraint.allowed(bits);
            engineNanos += System.nanoTime() - start;
            int token = pick(random);
            if (token < 0) {
                return;
            }
            text.append(token);
            start = System.nanoTime();
            constraint.follow(text);
            engineNanos += System.nanoTime() - start;
            tokens++;
        }
    }

    /** One of the allowed tokens. */
    private int pick(Random random) {
        int allowed = 0;
        for (long word : bits) {
            allowed += Long.bitCount(word);
        }
        if (allowed == 0) {
            return -1;
        }
        int left = random.nextInt(allowed);
        for (int i = 0; ; i++) {
            int here = Long.bitCount(bits[i]);
            if (left < here) {
                long word = bits[i];
                for (; left > 0; left--) {
                    word &= word - 1;
                }
                return i * 64 + Long.numberOfTrailingZeros(word);
            }
            left -= here;
        }
    }

    private void report(int round, long compileNanos) {
        long[] sorted = unknown.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                "round %d: %,d tokens, %.2f us a token on the engine's thread; compiling %.2f ms a schema; %,d masks made,"
                        + " waited for each P50 %.2f P99 %.2f max %.2f ms, %.1f us a token%n",
                round,
                tokens,
                engineNanos / 1e3 / tokens,
                compileNanos / 1e6 / SCHEMAS,
                sorted.length,
                percentile(sorted, 0.5),
                percentile(sorted, 0.99),
                percentile(sorted, 1),
                Arrays.stream(sorted).sum() / 1e3 / tokens);
    }

    /** A sequence with no prompt. */
    private static final class Text implements SampleState {
        private final int[] ids = new int[MOST_TOKENS];
        private int generated;

        private void append(int token) {
            ids[generated++] = token;
        }

        @Override
        public Sampling sampling() {
            return Sampling.greedy(MOST_TOKENS, List.of());
        }

        @Override
        public long seed() {
            return 0;
        }

        @Override
        public int generated() {
            return generated;
        }

        @Override
        public int[] tokenIds() {
            return ids;
        }

        @Override
        public int promptLength() {
            return 0;
        }

        @Override
        public int length() {
            return generated;
        }
    }

    private static double percentile(long[] sorted, double share) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))] / 1e6;
    }

    private static long usedHeap() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
