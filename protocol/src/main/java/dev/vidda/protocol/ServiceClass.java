package dev.vidda.protocol;

/** How urgent a request is. */
public enum ServiceClass {
    INTERACTIVE,
    STANDARD,
    BATCH
}
