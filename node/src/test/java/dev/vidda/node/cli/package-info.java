@NullMarked
package dev.vidda.node.cli;

import org.jspecify.annotations.NullMarked;
