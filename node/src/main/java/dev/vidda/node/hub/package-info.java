/**
 * Downloads models from a Hugging Face-compatible hub.
 *
 * <p>{@link dev.vidda.node.hub.Hub} lists a repository's files at one commit; {@link dev.vidda.node.hub.Download} brings
 * the chosen ones into a folder: several ranges at once, resumed where a broken connection or a killed process left off,
 * checked against the hub's hashes, and renamed into place only when whole.
 */
@NullMarked
package dev.vidda.node.hub;

import org.jspecify.annotations.NullMarked;
