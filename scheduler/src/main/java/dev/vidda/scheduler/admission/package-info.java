/**
 * Who may run where, as pure classes without actors and clocks (times are passed in).
 *
 * <p>{@link dev.vidda.scheduler.admission.Admission} asks its {@link dev.vidda.scheduler.admission.Commitment} how many
 * KV blocks a request takes, commits them in the {@link dev.vidda.scheduler.admission.Ledger} on the worker with the
 * most free ones, or puts the request into its model's {@link dev.vidda.scheduler.admission.WaitingLine}, and reports
 * what it did as {@link dev.vidda.scheduler.admission.Decision}s.
 */
@NullMarked
package dev.vidda.scheduler.admission;

import org.jspecify.annotations.NullMarked;
