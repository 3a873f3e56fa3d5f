package dev.vidda.protocol;

/**
 * Whether an order for a worker was passed on to it.
 *
 * @param known whether the scheduler knows a worker of that id
 */
public record WorkerOrderReply(String workerId, boolean known) implements Wire {}
