package dev.vidda.gateway.socket;

/**
 * Whether a client takes nothing of what waits for it, by looks at how many bytes it has taken since the connection began. What
 * waits says nothing about that: as many new bytes may have come as were taken.
 */
final class Stall {
    /** In the time that a client has; it is cut off within one more of their intervals after that time. */
    static final int LOOKS = 4;

    private long taken;
    private int silentLooks;

    /** @param taken so far */
    Stall(long taken) {
        this.taken = taken;
    }

    /** Whether nothing was taken for {@link #LOOKS} looks in a row, of which this is the last. */
    boolean look(long takenNow) {
        silentLooks = takenNow == taken ? silentLooks + 1 : 0;
        taken = takenNow;
        return silentLooks >= LOOKS;
    }
}
