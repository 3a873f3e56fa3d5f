@NullMarked
package dev.vidda.node.logging;

import org.jspecify.annotations.NullMarked;
