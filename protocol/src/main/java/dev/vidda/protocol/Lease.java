package dev.vidda.protocol;

/** The scheduler's promise of KV blocks on a worker, from admission until {@link SchedulerCommand.Release}. */
public record Lease(String requestId, String workerId, int blocks) {}
