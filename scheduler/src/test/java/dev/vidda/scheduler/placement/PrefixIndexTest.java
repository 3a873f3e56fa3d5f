package dev.vidda.scheduler.placement;

import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.kv.BlockHash;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class PrefixIndexTest {
    private static final int TEXTS = 12;
    private static final int LENGTH = 20;
    private static final int WORKERS = 40;

    @Test
    void itKnowsHowMuchOfAPromptEachWorkerHas() {
        long seed = Long.getLong("seed", 20261122L);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        PrefixIndex index = new PrefixIndex(10_000);
        Map<String, Integer> depths = new HashMap<>();
        Holders holders = new Holders();
        for (int step = 0; step < 20_000; step++) {
            int text = random.nextInt(TEXTS);
            int worker = random.nextInt(WORKERS);
            String place = worker + "/" + text;
            int depth = depths.getOrDefault(place, 0);
            if (random.nextInt(200) == 0) {
                index.forget(worker);
                depths.keySet().removeIf(key -> key.startsWith(worker + "/"));
            } else if (random.nextBoolean() && depth < LENGTH) {
                index.add(worker, key(text, depth));
                depths.put(place, depth + 1);
            } else if (depth > 0) {
                index.remove(worker, key(text, depth - 1));
                depths.put(place, depth - 1);
            }
            String where = "seed %d step %d".formatted(seed, step);
            assertThat(index.depth(worker, keys(text))).as(where).isEqualTo(depths.getOrDefault(place, 0));
            index.find(keys(text), holders);
            checkHolders(holders, index, text, where);
        }
    }

    /** Nobody has more of the prompt than the best of those that were found. */
    private static void checkHolders(Holders holders, PrefixIndex index, int text, String where) {
        int most = IntStream.range(0, WORKERS)
                .map(worker -> index.depth(worker, keys(text)))
                .max()
                .orElse(0);
        int named = IntStream.range(0, holders.count())
                .map(i -> index.depth(holders.worker(i), keys(text)))
                .max()
                .orElse(0);
        int common = IntStream.range(0, WORKERS).map(holders::commonDepth).max().orElse(0);
        assertThat(Math.max(named, common)).as(where).isEqualTo(most);
    }

    @Test
    void afterAGapItForgetsTheWorkerUntilThatReportsAll() {
        PrefixIndex index = new PrefixIndex(100);
        assertThat(index.apply(1, changes(0, 0, 1))).isTrue();
        assertThat(index.apply(1, changes(1, 1, 2))).isTrue();
        assertThat(index.depth(1, keys(0))).isEqualTo(2);
        assertThat(index.apply(1, changes(3, 2, 3))).as("number 2 was lost").isFalse();
        assertThat(index.depth(1, keys(0))).isZero();
        assertThat(index.apply(1, changes(4, 3, 4))).as("asked once already").isTrue();
        assertThat(index.blocks(1)).isZero();
        assertThat(index.apply(1, changes(0, 0, 5))).isTrue();
        assertThat(index.depth(1, keys(0))).isEqualTo(5);
    }

    @Test
    void aWorkerThatIsHeardOfLateIsAskedForAllItHas() {
        PrefixIndex index = new PrefixIndex(100);
        assertThat(index.apply(1, changes(17, 0, 1))).isFalse();
        for (int number = 18; number < 49; number++) {
            assertThat(index.apply(1, changes(number, 0, 1)))
                    .as("number %d", number)
                    .isTrue();
        }
        assertThat(index.apply(1, changes(49, 0, 1)))
                .as("asked again after a while")
                .isFalse();
    }

    @Test
    void itsMemoryIsBoundedAndWhatItSaysStaysTrue() {
        PrefixIndex index = new PrefixIndex(5);
        assertThat(index.apply(1, changes(0, 0, LENGTH))).isTrue();
        assertThat(index.blocks(1)).isEqualTo(5);
        assertThat(index.depth(1, keys(0))).isEqualTo(5);
    }

    private static PrefixChanges changes(long number, int from, int to) {
        List<BlockHash> added = Arrays.stream(keys(0))
                .skip(from)
                .limit(to - from)
                .mapToObj(key -> new BlockHash(0, key))
                .toList();
        return new PrefixChanges("w", number, added, List.of());
    }

    private static long[] keys(int text) {
        return IntStream.range(0, LENGTH).mapToLong(block -> key(text, block)).toArray();
    }

    private static long key(int text, int block) {
        return (text * 31L + block + 1) * 0x9E3779B97F4A7C15L;
    }
}
