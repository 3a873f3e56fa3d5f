package dev.vidda.worker.doctor;

import java.util.OptionalDouble;

/**
 * One thing that was looked at.
 *
 * @param part what it belongs to: {@code machine}, or a device
 * @param detail what was found, or what is wrong
 * @param error largest relative error, where numbers were compared
 * @param millis time of the last step or of the measurement, where there was one
 */
public record Finding(
        String part, String name, Status status, String detail, OptionalDouble error, OptionalDouble millis) {
    /** How it is. */
    public enum Status {
        /** As it should be. */
        PASS,
        /** Wrong. */
        FAIL,
        /** Could not be looked at, as the detail says. */
        SKIP,
        /** Neither right nor wrong. */
        INFO
    }

    static Finding info(String part, String name, String detail) {
        return new Finding(part, name, Status.INFO, detail, OptionalDouble.empty(), OptionalDouble.empty());
    }

    static Finding skip(String part, String name, String detail) {
        return new Finding(part, name, Status.SKIP, detail, OptionalDouble.empty(), OptionalDouble.empty());
    }

    static Finding fail(String part, String name, String detail) {
        return new Finding(part, name, Status.FAIL, detail, OptionalDouble.empty(), OptionalDouble.empty());
    }
}
