/**
 * A cluster in virtual time: the scheduler's own classes decide, workers compute as long as measured step times say, and
 * policies of other systems run beside on the same traces.
 *
 * <p>{@link dev.vidda.simulator.Simulation} plays a {@link dev.vidda.simulator.Trace} on {@link
 * dev.vidda.simulator.SimWorker}s under a {@link dev.vidda.simulator.Policy}; {@link dev.vidda.simulator.Outcome} says what
 * came of it. Everything follows from the seed.
 */
@NullMarked
package dev.vidda.simulator;

import org.jspecify.annotations.NullMarked;
