/**
 * What a model's text means: {@link dev.vidda.gateway.message.MessageParser} splits it, as it comes, into reasoning, content
 * and tool calls, in whatever way the model writes them ({@link dev.vidda.gateway.message.Dialect}). Pure: the result does
 * not depend on how the text was cut into pieces.
 */
@NullMarked
package dev.vidda.gateway.message;

import org.jspecify.annotations.NullMarked;
