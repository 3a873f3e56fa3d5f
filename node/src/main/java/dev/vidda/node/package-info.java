/**
 * Puts roles together in one JVM: {@link dev.vidda.node.Node} starts an actor system whose
 * {@link dev.vidda.node.Guardian} spawns scheduler, worker and gateway as {@link dev.vidda.node.NodeSettings} say.
 */
@NullMarked
package dev.vidda.node;

import org.jspecify.annotations.NullMarked;
