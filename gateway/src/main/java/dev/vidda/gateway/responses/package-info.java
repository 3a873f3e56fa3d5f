/**
 * OpenAI's Responses API, for text, as a translation: {@link dev.vidda.gateway.responses.ResponsesRequest} makes a chat
 * request of a response request, {@link dev.vidda.gateway.responses.ResponsesWriter} writes the answer. Nothing is stored.
 * Pure.
 */
@NullMarked
package dev.vidda.gateway.responses;

import org.jspecify.annotations.NullMarked;
