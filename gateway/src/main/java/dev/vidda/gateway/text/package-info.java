/**
 * Text on the way in and out of a model: tokenizer, chat template, incremental detokenizer, stop strings.
 *
 * <p>A {@link dev.vidda.gateway.text.ModelText} holds all that is needed to turn messages into token ids and token ids
 * into text for one model; it is loaded from the model's directory in the Hugging Face layout. Everything here is pure
 * and knows no Akka; only the {@code load} methods touch files.
 */
@NullMarked
package dev.vidda.gateway.text;

import org.jspecify.annotations.NullMarked;
