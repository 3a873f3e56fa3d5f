/**
 * What generated text may be, byte by byte. The gateway writes a {@link dev.vidda.protocol.grammar.Grammar} from a JSON
 * schema and sends it as text; a worker compiles it into an {@link dev.vidda.protocol.grammar.Automaton}, which knows after
 * any bytes which ones may follow. Pure.
 */
@NullMarked
package dev.vidda.protocol.grammar;

import org.jspecify.annotations.NullMarked;
