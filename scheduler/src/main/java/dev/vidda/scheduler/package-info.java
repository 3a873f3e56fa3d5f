/**
 * Admission by memory budget and context length: the {@link dev.vidda.scheduler.Scheduler} actor and its settings. The
 * actor only turns messages into calls on {@link dev.vidda.scheduler.admission.Admission}, which decides, and its
 * decisions into replies; it watches workers and gateways, so that whoever goes away leaves nothing committed.
 */
@NullMarked
package dev.vidda.scheduler;

import org.jspecify.annotations.NullMarked;
