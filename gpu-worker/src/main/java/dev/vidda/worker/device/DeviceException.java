package dev.vidda.worker.device;

/** A device cannot be opened, or has failed and must be closed. */
public final class DeviceException extends RuntimeException {
    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
