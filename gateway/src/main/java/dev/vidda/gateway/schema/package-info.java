/**
 * From what a client wants its text to be to a {@link dev.vidda.protocol.grammar.Grammar}:
 * {@link dev.vidda.gateway.schema.SchemaCompiler} for JSON schemas, {@link dev.vidda.gateway.schema.RegexCompiler} for
 * regular expressions. A keyword that restricts and is not supported is refused by its name. Every text of a grammar is
 * valid; not every valid text is in it (properties come in the schema's order, numbers have bounded length). Pure.
 */
@NullMarked
package dev.vidda.gateway.schema;

import org.jspecify.annotations.NullMarked;
