/**
 * Load generator and evaluation over HTTP; knows nothing of the server's classes.
 *
 * <p>A run goes {@link dev.vidda.bench.LoadGenerator} (command line) -> {@link dev.vidda.bench.LoadRun} (when each request
 * starts) -> {@link dev.vidda.bench.StreamingClient} (one request) -> {@link dev.vidda.bench.StreamCheck} (is the stream
 * whole?) -> {@link dev.vidda.bench.Outcome} -> {@link dev.vidda.bench.Summary} -> {@link dev.vidda.bench.LoadReport}.
 */
@NullMarked
package dev.vidda.bench;

import org.jspecify.annotations.NullMarked;
