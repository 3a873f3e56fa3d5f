@NullMarked
package dev.vidda.node.kubernetes;

import org.jspecify.annotations.NullMarked;
