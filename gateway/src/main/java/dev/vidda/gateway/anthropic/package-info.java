/**
 * Anthropic's Messages API as a translation: {@link dev.vidda.gateway.anthropic.MessagesRequest} makes a chat request of
 * a messages request, {@link dev.vidda.gateway.anthropic.MessagesWriter} writes the answer. Pure.
 */
@NullMarked
package dev.vidda.gateway.anthropic;

import org.jspecify.annotations.NullMarked;
