/**
 * What is promised to whom, as pure classes: the KV blocks that leases commit on each worker
 * ({@link dev.vidda.scheduler.ledger.Ledger}), and how long answers are expected to get
 * ({@link dev.vidda.scheduler.ledger.OutputLengths}).
 */
@NullMarked
package dev.vidda.scheduler.ledger;

import org.jspecify.annotations.NullMarked;
