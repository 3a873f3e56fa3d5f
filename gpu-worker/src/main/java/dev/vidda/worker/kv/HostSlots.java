package dev.vidda.worker.kv;

/** Which of the places for KV blocks in the host's memory are free. */
public final class HostSlots {
    private final int[] free;
    private int count;

    public HostSlots(int size) {
        free = new int[size];
        for (int slot = size - 1; slot >= 0; slot--) {
            give(slot);
        }
    }

    public int free() {
        return count;
    }

    public int used() {
        return free.length - count;
    }

    /** @throws IllegalStateException if none is free */
    public int take() {
        if (count == 0) {
            throw new IllegalStateException("all " + free.length + " host slots are taken");
        }
        return free[--count];
    }

    /** Takes back all slots of a table, and empties it. */
    public void giveBack(BlockTable slots) {
        for (int i = 0; i < slots.size(); i++) {
            give(slots.get(i));
        }
        slots.clear();
    }

    private void give(int slot) {
        if (count == free.length) {
            throw new IllegalStateException("slot " + slot + " is given back, but all are free");
        }
        free[count++] = slot;
    }
}
