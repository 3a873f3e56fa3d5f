package dev.vidda.protocol;

import akka.actor.typed.ActorRef;

/**
 * The answer to {@link SchedulerCommand.Ping}.
 *
 * @param number that of the question
 * @param workers how many it knows
 */
public record SchedulerAlive(ActorRef<SchedulerCommand> scheduler, long number, int workers) implements Wire {}
