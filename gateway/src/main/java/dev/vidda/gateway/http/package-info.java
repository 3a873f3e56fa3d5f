/**
 * The HTTP server: {@link dev.vidda.gateway.http.ConnectionStage} notices clients that leave at any time,
 * {@link dev.vidda.gateway.http.HttpApi} finds the endpoint, and
 * {@link dev.vidda.gateway.http.GenerationEndpoint} takes a request from its body to its answer. All errors leave in
 * OpenAI's form.
 */
@NullMarked
package dev.vidda.gateway.http;

import org.jspecify.annotations.NullMarked;
