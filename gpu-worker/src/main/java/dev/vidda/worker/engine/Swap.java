package dev.vidda.worker.engine;

import dev.vidda.worker.kv.HostSlots;
import dev.vidda.worker.step.HostBlocks;

/** Keeps the keys and values of preempted sequences in the host's memory when that is sooner than computing them again. */
final class Swap {
    private final HostBlocks host;
    private final HostSlots slots;
    private final SwapCost cost;
    private final int blockTokens;
    private long swaps;

    Swap(HostBlocks host, int blockTokens) {
        this.host = host;
        this.blockTokens = blockTokens;
        slots = new HostSlots(host.size());
        cost = new SwapCost(host.secondsPerBlock());
    }

    /** Without room on the host: all is computed again. */
    static Swap none(int blockTokens) {
        return new Swap(HostBlocks.NONE, blockTokens);
    }

    SwapCost cost() {
        return cost;
    }

    /** Host slots in use. */
    int used() {
        return slots.used();
    }

    /** Times a sequence was kept here. */
    long swaps() {
        return swaps;
    }

    /** Seconds it takes to bring a sequence back that would have to compute {@code lost} tokens again. */
    double secondsToReturn(Sequence sequence, long lost) {
        double computing = cost.computing(lost);
        return fits(sequence) ? Math.min(computing, cost.copying(blocks(sequence))) : computing;
    }

    /** Copies what a sequence that is about to lose its blocks has computed, unless computing {@code lost} tokens is sooner. */
    void keep(Sequence sequence, long lost) {
        int blocks = blocks(sequence);
        if (blocks == 0 || !fits(sequence) || cost.copying(blocks) >= cost.computing(lost)) {
            return;
        }
        for (int i = 0; i < blocks; i++) {
            int slot = slots.take();
            host.store(sequence.table().get(i), slot);
            sequence.hostSlots().append(slot);
        }
        sequence.keepOnHost();
        swaps++;
    }

    /** Copies back what lies here into the sequence's blocks, which are as many at least, but for the first {@code cached}. */
    void restore(Sequence sequence, int cached) {
        for (int i = cached; i < sequence.hostSlots().size(); i++) {
            host.load(sequence.hostSlots().get(i), sequence.table().get(i));
        }
        slots.giveBack(sequence.hostSlots());
        sequence.restore();
    }

    /** Forgets what lies here of a sequence. */
    void drop(Sequence sequence) {
        slots.giveBack(sequence.hostSlots());
    }

    private boolean fits(Sequence sequence) {
        return blocks(sequence) <= slots.free();
    }

    private int blocks(Sequence sequence) {
        return Math.ceilDiv(sequence.computed(), blockTokens);
    }
}
