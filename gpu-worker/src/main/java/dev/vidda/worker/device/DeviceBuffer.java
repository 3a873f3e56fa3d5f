package dev.vidda.worker.device;

/**
 * Memory of a device with one owner, who closes it exactly once. Counted in the device's {@link LiveBytes} from
 * construction to close.
 */
public abstract class DeviceBuffer implements AutoCloseable {
    private final LiveBytes live;
    private final Purpose purpose;
    private final long bytes;
    private boolean closed;

    /** Call when the memory is there: it counts as live from now on. */
    protected DeviceBuffer(LiveBytes live, Purpose purpose, long bytes) {
        this.live = live;
        this.purpose = purpose;
        this.bytes = bytes;
        live.add(purpose, bytes);
    }

    public final long bytes() {
        return bytes;
    }

    /** Gives the memory back; called once. */
    protected abstract void free();

    /** @throws IllegalStateException if closed before */
    @Override
    public final void close() {
        if (closed) {
            throw new IllegalStateException(purpose + " buffer of " + bytes + " bytes closed twice");
        }
        closed = true;
        free();
        live.add(purpose, -bytes);
    }
}
