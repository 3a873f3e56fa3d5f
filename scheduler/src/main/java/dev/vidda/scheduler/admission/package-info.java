/**
 * Who may run where, as pure classes without actors and clocks (times are passed in).
 *
 * <p>{@link dev.vidda.scheduler.admission.Admission} is told what happens and answers with
 * {@link dev.vidda.scheduler.admission.Decision}s. {@code Demand} is what a request asks for, {@code Fleet} chooses its worker,
 * {@code Leases} commit what it takes in the {@link dev.vidda.scheduler.ledger.Ledger}; what finds no room waits in the
 * {@link dev.vidda.scheduler.queue.FairQueue} of its model, and {@code Turns} say whose turn it is when room is given back.
 */
@NullMarked
package dev.vidda.scheduler.admission;

import org.jspecify.annotations.NullMarked;
