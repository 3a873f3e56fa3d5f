package dev.vidda.protocol;

import akka.actor.typed.ActorRef;

/**
 * The answer to {@link SchedulerCommand.Ping}.
 *
 * @param number that of the question
 */
public record SchedulerAlive(ActorRef<SchedulerCommand> scheduler, long number) implements Wire {}
