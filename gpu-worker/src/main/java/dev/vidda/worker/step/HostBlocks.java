package dev.vidda.worker.step;

/**
 * Room for KV blocks in the host's memory, numbered from 0. Copies and steps happen in the order in which they were asked
 * for, so a block may be given to another sequence as soon as its copy was.
 */
public interface HostBlocks extends AutoCloseable {
    /** No room. */
    HostBlocks NONE = new HostBlocks() {
        @Override
        public int size() {
            return 0;
        }

        @Override
        public double secondsPerBlock() {
            return Double.POSITIVE_INFINITY;
        }

        @Override
        public void store(int block, int slot) {
            throw new IllegalStateException("there is no room in the host's memory");
        }

        @Override
        public void load(int slot, int block) {
            throw new IllegalStateException("there is nothing in the host's memory");
        }

        @Override
        public void close() {}
    };

    /** Blocks there is room for. */
    int size();

    /** Time that a copy of one block takes, as measured when the room was made. */
    double secondsPerBlock();

    /** Copies a block of the pool here. */
    void store(int block, int slot);

    /** Copies what was stored to a block of the pool. */
    void load(int slot, int block);

    @Override
    void close();
}
