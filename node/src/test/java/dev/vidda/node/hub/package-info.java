@NullMarked
package dev.vidda.node.hub;

import org.jspecify.annotations.NullMarked;
