@NullMarked
package dev.vidda.node.config;

import org.jspecify.annotations.NullMarked;
