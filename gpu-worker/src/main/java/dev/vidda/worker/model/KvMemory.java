package dev.vidda.worker.model;

import dev.vidda.protocol.kv.KvCost;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.device.DeviceException;

/** How much memory the KV cache gets. */
public sealed interface KvMemory {
    /** As large a share of what is free as the device usually gives away. */
    record Usual() implements KvMemory {}

    /** A fixed number of bytes. */
    record Bytes(long bytes) implements KvMemory {
        public Bytes {
            if (bytes <= 0) {
                throw new IllegalArgumentException("KV cache bytes must be positive, were " + bytes);
            }
        }
    }

    /** A share in (0, 1] of what is free once the weights are loaded. */
    record Fraction(double fraction) implements KvMemory {
        public Fraction {
            if (!(fraction > 0 && fraction <= 1)) {
                throw new IllegalArgumentException("KV cache fraction must be in (0, 1], was " + fraction);
            }
        }
    }

    /** Bytes that must be free whatever else is; 0 for a share of what is free. */
    default long fixedBytes() {
        return switch (this) {
            case Bytes fixed -> fixed.bytes();
            case Usual usual -> 0;
            case Fraction share -> 0;
        };
    }

    /**
     * The blocks that fit, but no more than {@code maxSequences} sequences of {@code maxModelLength} tokens could use.
     *
     * @param freeBytes what is free once the weights are loaded
     * @param usualShare of it that the device usually gives away, in (0, 1]
     * @throws DeviceException if not one block fits
     */
    default int blocks(KvShape shape, long freeBytes, double usualShare, int maxSequences, int maxModelLength) {
        long bytes = switch (this) {
            case Usual() -> (long) (freeBytes * usualShare);
            case Bytes fixed -> fixed.bytes();
            case Fraction share -> (long) (freeBytes * share.fraction());
        };
        if (bytes > freeBytes) {
            throw new DeviceException(
                    "the KV cache shall have " + bytes + " bytes, but only " + freeBytes + " are free");
        }
        long usable = (long) maxSequences * KvCost.blocks(shape, maxModelLength);
        int blocks = (int) Math.min(usable, KvCost.blocksIn(shape, bytes));
        if (blocks == 0) {
            throw new DeviceException("the KV cache shall have " + bytes + " bytes, but a block of "
                    + shape.blockTokens() + " tokens needs " + shape.bytesPerBlock());
        }
        return blocks;
    }
}
