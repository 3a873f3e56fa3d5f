@NullMarked
package dev.vidda.node.bootstrap;

import org.jspecify.annotations.NullMarked;
