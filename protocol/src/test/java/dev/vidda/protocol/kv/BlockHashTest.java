package dev.vidda.protocol.kv;

import dev.vidda.protocol.TokenIds;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class BlockHashTest {
    /** Computed with another SHA-256 from the documented layout: nodes of any version must agree on these names. */
    @Test
    void theNamesOfBlocksNeverChange() {
        assertThat(BlockHash.root("demo", "")).isEqualTo(new BlockHash(0xa9bb59b5f6d077b6L, 0x66c5a2227032ea64L));
        assertThat(BlockHash.root("demo", "tenant-1"))
                .isEqualTo(new BlockHash(0x69e56fd482f35caeL, 0x3598a43ef06e788dL));
        assertThat(BlockHash.chain("demo", "", counting(35), 16))
                .containsExactly(
                        new BlockHash(0xfb88f2e1166cd16cL, 0xa56f244d002b2a8aL),
                        new BlockHash(0x6b2c9b72e72edc68L, 0xfe837adfb341ac1eL));
        assertThat(BlockHash.chain("demo", "tenant-1", counting(16), 16))
                .containsExactly(new BlockHash(0xebeba83d24e638d8L, 0xe8acbfce66fb107bL));
        assertThat(BlockHash.root("Qwen3-4B", "é")).isEqualTo(new BlockHash(0xe1db9daf7eecb11eL, 0xe8e4839c88c3eeceL));
        assertThat(BlockHash.chain("Qwen3-4B", "é", TokenIds.of(151_643, 0, Integer.MAX_VALUE, 7), 4))
                .containsExactly(new BlockHash(0xd90b13050cfaee3cL, 0xea74139fc0259208L));
    }

    @Test
    void onlyFullBlocksHaveANameInTheChain() {
        assertThat(BlockHash.chain("m", "", TokenIds.EMPTY, 16)).isEmpty();
        assertThat(BlockHash.chain("m", "", counting(15), 16)).isEmpty();
        assertThat(BlockHash.chain("m", "", counting(16), 16)).hasSize(1);
        assertThat(BlockHash.chain("m", "", counting(31), 16)).hasSize(1);
        assertThat(BlockHash.chain("m", "", counting(32), 16)).hasSize(2);
    }

    @Test
    void chainsAgreeExactlyAsFarAsTheTokensDo() {
        long seed = Long.getLong("seed", 20261122L);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (int round = 0; round < 500; round++) {
            int blockTokens = random.nextInt(1, 20);
            int[] one = random.ints(random.nextInt(1, 200), 0, 150_000).toArray();
            int[] other = one.clone();
            int changed = random.nextInt(one.length);
            other[changed] ^= 1;
            List<BlockHash> chain = BlockHash.chain("m", "s", TokenIds.of(one), blockTokens);
            List<BlockHash> otherChain = BlockHash.chain("m", "s", TokenIds.of(other), blockTokens);
            for (int block = 0; block < chain.size(); block++) {
                boolean samePrefix = (block + 1) * blockTokens <= changed;
                assertThat(chain.get(block).equals(otherChain.get(block)))
                        .as(
                                "seed %d round %d: block %d of %d tokens, token %d changed",
                                seed, round, block, blockTokens, changed)
                        .isEqualTo(samePrefix);
            }
        }
    }

    @Test
    void aLongerPromptKeepsTheNamesOfItsPrefix() {
        List<BlockHash> whole = BlockHash.chain("m", "s", counting(160), 16);
        for (int tokens = 0; tokens <= 160; tokens++) {
            assertThat(BlockHash.chain("m", "s", counting(tokens), 16)).isEqualTo(whole.subList(0, tokens / 16));
        }
    }

    @Test
    void aChainGrowsBlockByBlockAsItIsComputedAtOnce() {
        int[] tokens = counting(48).toArray();
        BlockHash first = BlockHash.root("m", "s").next(tokens, 0, 16);
        BlockHash second = first.next(tokens, 16, 16);
        BlockHash third = second.next(tokens, 32, 16);
        assertThat(BlockHash.chain("m", "s", TokenIds.of(tokens), 16)).containsExactly(first, second, third);
    }

    @Test
    void modelsAndSaltsKeepTheirBlocksApart() {
        Set<BlockHash> names = new HashSet<>();
        for (String[] modelAndSalt : new String[][] {{"ab", "c"}, {"a", "bc"}, {"abc", ""}, {"", "abc"}, {"ab", ""}}) {
            names.addAll(BlockHash.chain(modelAndSalt[0], modelAndSalt[1], counting(16), 16));
        }
        assertThat(names).hasSize(5);
    }

    @Test
    void theSameTokensFurtherOnHaveAnotherName() {
        int[] twice = IntStream.range(0, 32).map(i -> i % 16).toArray();
        assertThat(BlockHash.chain("m", "", TokenIds.of(twice), 16)).doesNotHaveDuplicates();
    }

    private static TokenIds counting(int tokens) {
        return TokenIds.of(IntStream.range(0, tokens).toArray());
    }
}
