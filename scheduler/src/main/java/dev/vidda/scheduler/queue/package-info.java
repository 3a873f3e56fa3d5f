/**
 * Who waits, and whose turn it is, as pure classes: weighted fairness between tenants by tokens served
 * ({@link dev.vidda.scheduler.queue.FairQueue}), and how fast the queue drains
 * ({@link dev.vidda.scheduler.queue.DrainRate}).
 */
@NullMarked
package dev.vidda.scheduler.queue;

import org.jspecify.annotations.NullMarked;
