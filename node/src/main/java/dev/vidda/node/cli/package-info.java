/**
 * The command line: one class a command, options with their defaults and units in {@code --help}.
 *
 * <p>Results go to standard output; progress, reports and errors to standard error. An expected failure is one line and
 * exit code 1, a wrong command line exit code 2; {@code --verbose} adds the stack trace.
 */
@NullMarked
package dev.vidda.node.cli;

import org.jspecify.annotations.NullMarked;
