/**
 * The OpenAI API as pure logic: requests are read strictly from JSON, checked and turned into token ids and sampling
 * parameters; token deltas become text, chunks and bodies. Nothing here knows Akka, a clock or a socket.
 *
 * <p>A request passes {@link dev.vidda.gateway.openai.ChatRequest} or
 * {@link dev.vidda.gateway.openai.CompletionRequest}, then {@link dev.vidda.gateway.openai.Preparation}; its tokens pass
 * {@link dev.vidda.gateway.openai.ChoiceText} and leave through {@link dev.vidda.gateway.openai.StreamAnswer} or
 * {@link dev.vidda.gateway.openai.WholeAnswer}. What goes wrong is an {@link dev.vidda.gateway.openai.ApiError}.
 */
@NullMarked
package dev.vidda.gateway.openai;

import org.jspecify.annotations.NullMarked;
