/**
 * The memory a request needs, as pure functions: {@link dev.vidda.protocol.kv.KvCost} is the one cost function that
 * gateway, scheduler, worker pool and planner share; {@link dev.vidda.protocol.kv.BlockHash} names the content of a
 * full block of tokens, so that equal prefixes are found on any node.
 */
@NullMarked
package dev.vidda.protocol.kv;

import org.jspecify.annotations.NullMarked;
