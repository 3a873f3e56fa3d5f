/** The form of the log. */
@NullMarked
package dev.vidda.node.logging;

import org.jspecify.annotations.NullMarked;
