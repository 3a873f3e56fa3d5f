/**
 * Who holds which block of the KV pool: reference counts, the prefix cache, and the order of eviction.
 *
 * <p>Numbers only: the blocks' memory belongs to the {@link dev.vidda.worker.step.ModelRunner}. A block is used (a
 * sequence holds it), cached (no sequence holds it, but its content is known by its hash and can be used again) or free.
 */
@NullMarked
package dev.vidda.worker.kv;

import org.jspecify.annotations.NullMarked;
