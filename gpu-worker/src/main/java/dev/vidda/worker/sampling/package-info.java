/**
 * From logits to a token: penalties, filters, the draw itself, and log probabilities.
 *
 * <p>Everything that decides which token is drawn is defined here down to the rounding (integer sums, a fixed order, a
 * random number that is a function of seed and index), so that a device can draw the same token from the same logits
 * with its own kernel, and a sequence can be continued on another machine.
 */
@NullMarked
package dev.vidda.worker.sampling;

import org.jspecify.annotations.NullMarked;
