/**
 * A chat client in the terminal: speaks the OpenAI API over HTTP, like any other client, to a server of its own or
 * elsewhere.
 */
@NullMarked
package dev.vidda.node.chat;

import org.jspecify.annotations.NullMarked;
