package dev.vidda.worker.kv;

import dev.vidda.protocol.kv.BlockHash;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class BlockPoolTest {
    private final BlockPool pool = new BlockPool(4);

    @Test
    void handsOutEachBlockOnce() {
        assertThat(pool.allocate()).isZero();
        assertThat(pool.allocate()).isEqualTo(1);
        assertThat(pool.allocate()).isEqualTo(2);
        assertThat(pool.allocate()).isEqualTo(3);
        assertThat(pool.used()).isEqualTo(4);
        assertThatIllegalStateException().isThrownBy(pool::allocate).withMessageContaining("no block is left");
    }

    @Test
    void aReleasedBlockWithoutKnownContentIsTakenBeforeCachedOnesAreEvicted() {
        BlockTable table = published(3);
        int plain = pool.allocate();
        pool.release(table);
        pool.release(plain);
        assertThat(pool.cached()).isEqualTo(3);
        assertThat(pool.allocate()).isEqualTo(plain);
        assertThat(pool.evictions()).isZero();
    }

    @Test
    void theEndOfAPrefixIsEvictedBeforeItsBeginning() {
        BlockTable table = published(4);
        pool.release(table);
        assertThat(pool.allocate()).isEqualTo(3);
        assertThat(pool.allocate()).isEqualTo(2);
        assertThat(pool.find(hash(0))).isZero();
        assertThat(pool.find(hash(1))).isEqualTo(1);
        assertThat(pool.find(hash(2))).isEqualTo(BlockPool.NONE);
        assertThat(pool.evictions()).isEqualTo(2);
        pool.checkIntegrity();
    }

    @Test
    void theLongestUnusedIsEvictedFirst() {
        int first = publishedAs(0);
        int second = publishedAs(1);
        pool.release(first);
        pool.release(second);
        pool.acquire(first);
        pool.release(first);
        assertThat(new int[] {pool.allocate(), pool.allocate()}).containsExactly(2, 3);
        assertThat(pool.allocate()).isEqualTo(second);
    }

    @Test
    void aHitOnACachedBlockRevivesIt() {
        int block = publishedAs(7);
        pool.release(block);
        assertThat(pool.used()).isZero();
        pool.acquire(pool.find(hash(7)));
        assertThat(pool.used()).isEqualTo(1);
        assertThat(pool.cached()).isZero();
        assertThat(pool.users(block)).isEqualTo(1);
        pool.checkIntegrity();
    }

    @Test
    void aSharedBlockStaysUntilItsLastUserLeaves() {
        int block = publishedAs(7);
        pool.acquire(block);
        pool.release(block);
        assertThat(pool.used()).isEqualTo(1);
        pool.release(block);
        assertThat(pool.used()).isZero();
        assertThatIllegalStateException().isThrownBy(() -> pool.release(block)).withMessageContaining("released");
    }

    @Test
    void theTwinOfACachedBlockIsFreeAfterUse() {
        int first = publishedAs(7);
        int twin = publishedAs(7);
        assertThat(pool.find(hash(7))).isEqualTo(first);
        pool.release(first);
        pool.release(twin);
        assertThat(pool.cached()).isEqualTo(1);
        assertThat(pool.allocate()).isEqualTo(twin);
        pool.checkIntegrity();
    }

    @Test
    void aTwinTakesThePlaceOfAnEvictedBlock() {
        int first = publishedAs(7);
        int twin = publishedAs(7);
        pool.release(first);
        pool.allocate();
        pool.allocate();
        assertThat(pool.allocate()).isEqualTo(first);
        assertThat(pool.find(hash(7))).isEqualTo(BlockPool.NONE);
        pool.release(twin);
        assertThat(pool.find(hash(7))).isEqualTo(twin);
        assertThat(pool.cached()).isEqualTo(1);
        pool.checkIntegrity();
    }

    @Test
    void misuseIsAnErrorThatNamesTheBlock() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BlockPool(0)).withMessageContaining("was 0");
        assertThatIllegalStateException().isThrownBy(() -> pool.acquire(2)).withMessageContaining("block 2 is free");
        assertThatIllegalStateException()
                .isThrownBy(() -> pool.publish(1, hash(1)))
                .withMessageContaining("block 1 is published");
        int block = publishedAs(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> pool.publish(block, hash(2)))
                .withMessageContaining("another content");
    }

    private BlockTable published(int blocks) {
        BlockTable table = new BlockTable();
        for (int i = 0; i < blocks; i++) {
            table.append(publishedAs(i));
        }
        return table;
    }

    private int publishedAs(int content) {
        int block = pool.allocate();
        pool.publish(block, hash(content));
        return block;
    }

    private static BlockHash hash(int content) {
        return new BlockHash(content, ~content);
    }
}
