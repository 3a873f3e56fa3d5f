@NullMarked
package dev.vidda.node;

import org.jspecify.annotations.NullMarked;
