@NullMarked
package dev.vidda.protocol.trace;

import org.jspecify.annotations.NullMarked;
