package dev.vidda.gateway.openai;

import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.kv.KvCost;
import dev.vidda.protocol.kv.KvShape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RoomTest {
    private static final KvShape SHAPE = KvShape.grouped(2, 2, 64, 2, 0);

    @Test
    void theRoomIsExactlyWhatTheCostFunctionAllows() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            int prompt = 1 + random.nextInt(300);
            int samples = 1 + random.nextInt(5);
            int blocks = 1 + random.nextInt(60);
            long room = Room.inPool(SHAPE, blocks, prompt, samples);
            String what = "seed " + seed + ": prompt " + prompt + ", samples " + samples + ", blocks " + blocks;
            if (room >= 1) {
                assertThat(KvCost.blocks(SHAPE, prompt, (int) room, samples))
                        .as(what)
                        .isLessThanOrEqualTo(blocks);
            }
            int oneMore = (int) Math.max(0, room) + 1;
            assertThat(KvCost.blocks(SHAPE, prompt, oneMore, samples)).as(what).isGreaterThan(blocks);
        }
    }

    @Test
    void theContextBoundsTheRoomWhereThePoolIsLarge() {
        assertThat(Room.newTokens(List.of(card(100, 1000)), 40, 1, "prompt")).isEqualTo(60);
    }

    @Test
    void theWorkerWithTheMostRoomCounts() {
        assertThat(Room.newTokens(List.of(card(100, 2), card(80, 1000)), 40, 1, "prompt"))
                .isEqualTo(40);
    }

    @Test
    void aPromptThatFillsTheContextIsRefused() {
        assertThat(Room.newTokens(List.of(card(100, 1000)), 99, 1, "prompt")).isEqualTo(1);
        assertThatThrownBy(() -> Room.newTokens(List.of(card(100, 1000)), 100, 1, "prompt"))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("100 tokens");
    }

    private static WorkerCard card(int context, int blocks) {
        return new WorkerCard("w", "m", "test", context, SHAPE, blocks, 8, MemoryUse.UNKNOWN, "test", 0);
    }
}
