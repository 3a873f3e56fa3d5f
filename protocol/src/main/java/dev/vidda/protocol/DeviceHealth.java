package dev.vidda.protocol;

/**
 * What a device's own sensors say.
 *
 * @param temperatureCelsius of the chip
 * @param powerWatts drawn now
 * @param clockMhz of its processors now
 * @param utilizationPercent share of the last moment in which it computed
 * @param memoryUsedBytes by all processes
 * @param memoryTotalBytes of the card
 * @param throttled whether heat or power hold its clocks down
 */
public record DeviceHealth(
        int temperatureCelsius,
        double powerWatts,
        int clockMhz,
        int utilizationPercent,
        long memoryUsedBytes,
        long memoryTotalBytes,
        boolean throttled) {}
