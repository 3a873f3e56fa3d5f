/**
 * The part of the Jinja template language that chat templates are written in, rendered as Python's jinja2 renders it in
 * an {@code ImmutableSandboxedEnvironment} with the settings of Hugging Face's {@code transformers}.
 *
 * <p>{@link dev.vidda.gateway.jinja.Template} is the whole interface. Inside: {@code Lexer} and {@code Parser} make an
 * immutable tree of {@code Statement} and {@code Expression} records, {@code Interpreter} walks it over {@code Value}s.
 * What is not supported is refused when a template is compiled; what only shows while rendering is an error then. Text
 * that differs from jinja2's is a bug. Pure: no I/O, no clock.
 */
@NullMarked
package dev.vidda.gateway.jinja;

import org.jspecify.annotations.NullMarked;
