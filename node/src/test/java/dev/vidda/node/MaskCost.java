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
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private static final int ROUNDS = 3;
    private static final int MOST_TOKENS = 200;

    private final Constraints constraints;
    private final long[] bits;
    private final List<Long> waited = new ArrayList<>();
    private final List<Long> onEngine = new ArrayList<>();

    private MaskCost(Vocabulary vocabulary) {
        this.constraints = new Constraints(CompletableFuture.completedFuture(vocabulary));
        this.bits = new long[(vocabulary.size() + 63) / 64];
    }

    public static void main(String[] args) {
        Vocabulary vocabulary = args[0].matches("\\d+")
                ? new LargeVocabulary(Integer.parseInt(args[0]), 1)
                : new ModelVocabulary(ModelText.load(Path.of(args[0])));
        System.out.printf("vocabulary of %,d tokens%n", vocabulary.size());
        for (int round = 0; round < ROUNDS; round++) {
            long heap = usedHeap();
            MaskCost cost = new MaskCost(vocabulary);
            cost.compile(0);
            System.out.printf("round %d: the vocabulary's tree %,d KB%n", round, (usedHeap() - heap) >> 10);
            cost.drawAll("unknown");
            cost.drawAll("known");
            System.out.printf("  heap with all that is kept %,d KB%n", (usedHeap() - heap) >> 10);
            cost.constraints.close();
        }
        System.exit(0);
    }

    private void drawAll(String name) {
        waited.clear();
        onEngine.clear();
        long maskNanos = maskThreadNanos();
        for (int seed = 0; seed < SCHEMAS; seed++) {
            draw(compile(seed), new Random(seed));
        }
        maskNanos = maskThreadNanos() - maskNanos;
        System.out.printf(
                "  masks %s: %,d tokens, each on the engine's thread P50 %.1f P99 %.1f us; %,d masks made, CPU %.2f ms each,"
                        + " waited for P50 %.2f P99 %.2f max %.2f ms%n",
                name,
                onEngine.size(),
                percentile(onEngine, 0.5) / 1e3,
                percentile(onEngine, 0.99) / 1e3,
                waited.size(),
                waited.isEmpty() ? 0 : maskNanos / 1e6 / waited.size(),
                percentile(waited, 0.5) / 1e6,
                percentile(waited, 0.99) / 1e6,
                percentile(waited, 1) / 1e6);
    }

    private static long maskThreadNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("token-masks"))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.threadId()))
                .sum();
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
                waited.add(System.nanoTime() - start);
            }
            long start = System.nanoTime();
            constraint.allowed(bits);
            long allowed = System.nanoTime() - start;
            int token = pick(random);
            if (token < 0) {
                return;
            }
            text.append(token);
            start = System.nanoTime();
            constraint.follow(text);
            onEngine.add(allowed + System.nanoTime() - start);
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

    private static long percentile(List<Long> values, double share) {
        long[] sorted = values.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))];
    }

    private static long usedHeap() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
