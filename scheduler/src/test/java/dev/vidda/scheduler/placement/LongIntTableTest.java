package dev.vidda.scheduler.placement;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class LongIntTableTest {
    @Test
    void itHoldsWhatAMapWouldHold() {
        long seed = Long.getLong("seed", 20261122L);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        LongIntTable table = new LongIntTable();
        Map<Long, Integer> map = new HashMap<>();
        for (int step = 0; step < 200_000; step++) {
            // Few keys that crowd the same places, 0 among them, and phases of growing and shrinking.
            long key = (random.nextInt(300) << (random.nextBoolean() ? 0 : 20)) - 5L;
            boolean isGrowing = step / 20_000 % 2 == 0;
            if (random.nextInt(3) == 0 == isGrowing) {
                table.remove(key);
                map.remove(key);
            } else {
                table.put(key, step);
                map.put(key, step);
            }
            long asked = random.nextInt(300) - 5L;
            assertThat(table.get(asked, -1)).as("seed %d step %d", seed, step).isEqualTo(map.getOrDefault(asked, -1));
            assertThat(table.size()).as("seed %d step %d", seed, step).isEqualTo(map.size());
        }
        assertThat(Arrays.stream(table.keys()).boxed().toList()).containsExactlyInAnyOrderElementsOf(map.keySet());
    }
}
