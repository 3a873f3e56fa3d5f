@NullMarked
package dev.vidda.node.trace;

import org.jspecify.annotations.NullMarked;
