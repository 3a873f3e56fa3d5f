package dev.vidda.worker.kv;

import dev.vidda.protocol.kv.BlockHash;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Random users against a model that remembers what was written into each block. */
class BlockPoolPropertyTest {
    private static final int CONTENTS = 12;

    @Test
    void contentOutlivesEverythingButEviction() {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Model model = new Model(random.nextInt(1, 24));
            for (int step = 0; step < 200; step++) {
                try {
                    model.operate(random);
                    model.check();
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError("seed " + seed + ", step " + step, e);
                }
            }
            model.releaseAll();
            assertThat(model.pool.used()).as("seed %d", seed).isZero();
            assertThat(model.pool.available()).as("seed %d", seed).isEqualTo(model.pool.size());
        }
    }

    private static final class Model {
        final BlockPool pool;
        /** What was written into each block; 0 is nothing. */
        final int[] written;

        final List<BlockTable> tables = new ArrayList<>();

        /** What somebody who only hears of changes believes to be in the cache. */
        final Set<BlockHash> told = new HashSet<>();

        final CacheChanges changes;

        Model(int size) {
            pool = new BlockPool(size);
            changes = pool.watch();
            written = new int[size];
        }

        void operate(SplittableRandom random) {
            if (random.nextInt(50) == 0) {
                pool.flush();
            }
            switch (random.nextInt(4)) {
                case 0 -> tables.add(new BlockTable());
                case 1, 2 -> grow(random);
                default -> {
                    if (!tables.isEmpty()) {
                        pool.release(tables.remove(random.nextInt(tables.size())));
                    }
                }
            }
        }

        /** Extends a table by a cached block, or by an allocated one that gets written and perhaps published. */
        private void grow(SplittableRandom random) {
            if (tables.isEmpty()) {
                return;
            }
            BlockTable table = tables.get(random.nextInt(tables.size()));
            int content = random.nextInt(1, CONTENTS);
            int found = pool.find(hash(content));
            if (found != BlockPool.NONE && random.nextInt(4) > 0) {
                assertThat(written[found]).isEqualTo(content);
                pool.acquire(found);
                table.append(found);
            } else if (pool.available() > 0) {
                int block = pool.allocate();
                assertThat(holders(block)).isZero();
                written[block] = content;
                table.append(block);
                if (random.nextBoolean()) {
                    pool.publish(block, hash(content));
                }
            }
        }

        void check() {
            pool.checkIntegrity();
            CacheChanges.Changes news = changes.take();
            news.evicted().forEach(hash -> assertThat(told.remove(hash)).isTrue());
            news.added().forEach(hash -> assertThat(told.add(hash)).isTrue());
            assertThat(told).containsExactlyInAnyOrderElementsOf(pool.known());
            int used = 0;
            for (int block = 0; block < pool.size(); block++) {
                assertThat(pool.users(block)).isEqualTo(holders(block));
                used += pool.users(block) > 0 ? 1 : 0;
            }
            assertThat(pool.used()).isEqualTo(used);
            assertThat(pool.cached()).isLessThanOrEqualTo(pool.available());
            assertThat(pool.used() + pool.available()).isEqualTo(pool.size());
            for (int content = 1; content < CONTENTS; content++) {
                int found = pool.find(hash(content));
                assertThat(found == BlockPool.NONE ? content : written[found]).isEqualTo(content);
            }
        }

        void releaseAll() {
            tables.forEach(pool::release);
            tables.clear();
            check();
        }

        private int holders(int block) {
            int holders = 0;
            for (BlockTable table : tables) {
                for (int i = 0; i < table.size(); i++) {
                    holders += table.get(i) == block ? 1 : 0;
                }
            }
            return holders;
        }

        private static BlockHash hash(int content) {
            return new BlockHash(content, content);
        }
    }
}
