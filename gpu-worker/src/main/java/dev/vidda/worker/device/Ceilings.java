package dev.vidda.worker.device;

/**
 * What a device can do at most, measured: the two lines of its roofline.
 *
 * @param readBytes bytes a second that it reads from its memory
 * @param copyBytes bytes a second that a copy within its memory reads and writes together
 * @param operations multiplications and additions a second, of the kind it computes linear layers with
 */
public record Ceilings(double readBytes, double copyBytes, double operations) {
    /** Seconds that reading {@code bytes} and computing {@code operations} take at least. */
    public double seconds(double bytes, double operationCount) {
        return Math.max(bytes / readBytes, operationCount / operations);
    }
}
