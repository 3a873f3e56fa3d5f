package dev.vidda.worker.engine;

import java.util.SplittableRandom;

/** Engines of random sizes, with pools that the requests of a test crowd. */
final class RandomEngine {
    private RandomEngine() {}

    /**
     * An engine on a {@link FakeRunner}.
     *
     * @param leastSequences of a step
     * @param maxLength the most tokens of a sequence, of which the pool holds one to three
     */
    static Engine create(
            SplittableRandom random, int leastSequences, int maxLength, boolean lookahead, int hostBlocks) {
        int blockTokens = random.nextInt(1, 9);
        int largest = Math.ceilDiv(maxLength, blockTokens);
        FakeRunner runner = new FakeRunner(random.nextInt(largest, 3 * largest), blockTokens, maxLength);
        if (lookahead) {
            runner.withLookahead();
        }
        runner.withHostBlocks(hostBlocks);
        int maxSequences = random.nextInt(leastSequences, 12);
        EngineSettings settings = new EngineSettings(
                maxSequences + random.nextInt(60),
                maxSequences,
                random.nextDouble(0.05, 1),
                random.nextInt(4),
                random.nextDouble(0.2),
                random.nextInt(5) > 0,
                true,
                hostBlocks);
        return new Engine(runner, "m", settings);
    }
}
