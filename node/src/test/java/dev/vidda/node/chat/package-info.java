@NullMarked
package dev.vidda.node.chat;

import org.jspecify.annotations.NullMarked;
