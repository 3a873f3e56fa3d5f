/** The main class and the command line: puts roles together in one JVM or many. */
@NullMarked
package dev.vidda.node;

import org.jspecify.annotations.NullMarked;
