/** Where the spans of a node go: OpenTelemetry's SDK, which is only loaded where {@code vidda.tracing} asks for it. */
@NullMarked
package dev.vidda.node.trace;

import org.jspecify.annotations.NullMarked;
