/**
 * Spans of a request on all nodes that work for it: gateway, scheduler and worker start theirs by the node's
 * {@link dev.vidda.protocol.trace.Tracing}, and the span they go under crosses nodes in the form of the header
 * {@code traceparent}. Only OpenTelemetry's API is known here; what becomes of the spans is up to the node. No span may
 * hold text of prompts or answers.
 */
@NullMarked
package dev.vidda.protocol.trace;

import org.jspecify.annotations.NullMarked;
