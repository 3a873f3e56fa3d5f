package dev.vidda.worker.kv;

import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.kv.BlockHash;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HashChainTest {
    @Test
    void givesTheHashesThatGatewaysCompute() {
        int[] tokens = {1, 2, 3, 4, 5, 6, 7};
        HashChain chain = new HashChain(BlockHash.root("m", "salt"), 2);
        assertThat(chain.at(2, tokens))
                .isEqualTo(BlockHash.chain("m", "salt", TokenIds.of(tokens), 2).get(2));
        assertThat(chain.at(0, tokens))
                .isEqualTo(BlockHash.chain("m", "salt", TokenIds.of(tokens), 2).get(0));
    }
}
