package dev.vidda.worker.engine;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.worker.kv.BlockPool;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class VictimChoiceTest {
    private final BlockPool pool = new BlockPool(100);
    private final VictimChoice victims = new VictimChoice(pool, 4, 2, Swap.none(4));
    private long arrivals;

    @Test
    void theLeastWorkLostPerFreedBlockGoes() {
        Sequence full = running(16, 4);
        Sequence justStarted = running(3, 4);
        Sequence halfDone = running(8, 4);
        assertThat(victims.choose(List.of(full, justStarted, halfDone))).isSameAs(justStarted);
    }

    @Test
    void theYoungestGoesAmongEquals() {
        Sequence older = running(8, 2);
        Sequence younger = running(8, 2);
        assertThat(victims.choose(List.of(older, younger))).isSameAs(younger);
    }

    @Test
    void blocksThatOthersUseTooFreeNothing() {
        Sequence owner = running(16, 4);
        Sequence sharing = running(0, 0);
        for (int i = 0; i < 4; i++) {
            pool.acquire(owner.table().get(i));
            sharing.table().append(owner.table().get(i));
        }
        Sequence other = running(16, 4);
        assertThat(victims.choose(List.of(owner, other, sharing))).isSameAs(other);
    }

    @Test
    void aSequenceThatWasPreemptedOftenIsSpared() {
        Sequence spared = running(1, 4);
        spared.preempted();
        spared.preempted();
        Sequence other = running(16, 4);
        assertThat(victims.choose(List.of(spared, other))).isSameAs(other);
    }

    @Test
    void theYoungestGoesWhenAllAreSpared() {
        Sequence older = running(16, 4);
        Sequence younger = running(16, 4);
        for (Sequence sequence : List.of(older, younger)) {
            sequence.preempted();
            sequence.preempted();
        }
        assertThat(victims.choose(List.of(older, younger))).isSameAs(younger);
    }

    @Test
    void aGuaranteedSequenceIsNeverChosen() {
        Sequence cheap = running(1, 4);
        cheap.guarantee();
        Sequence dear = running(16, 4);
        dear.preempted();
        dear.preempted();
        Sequence cheapToo = running(1, 4);
        cheapToo.guarantee();
        assertThat(victims.choose(List.of(cheap, dear, cheapToo))).isSameAs(dear);
    }

    @Test
    void whenOnlyGuaranteedOnesAreLeftTooMuchWasPromised() {
        Sequence sequence = running(16, 4);
        sequence.guarantee();
        assertThatIllegalStateException()
                .isThrownBy(() -> victims.choose(List.of(sequence)))
                .withMessageContaining("all 1 running sequences are guaranteed");
    }

    private Sequence running(int computed, int blocks) {
        Sequence sequence = new Sequence(
                Requests.request("r", TokenIds.of(new int[32]), 1),
                new GenerationRequest.Continuation(0, TokenIds.EMPTY),
                arrivals++,
                33,
                BlockHash.root("m", ""),
                4);
        sequence.advance(computed);
        for (int i = 0; i < blocks; i++) {
            sequence.table().append(pool.allocate());
        }
        return sequence;
    }
}
