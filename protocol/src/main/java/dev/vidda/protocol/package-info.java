/** What crosses nodes: messages, wire formats, the KV cost function and block hashes. */
@NullMarked
package dev.vidda.protocol;

import org.jspecify.annotations.NullMarked;
