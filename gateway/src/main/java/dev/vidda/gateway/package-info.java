/** The OpenAI API over Akka HTTP: text in, token streams out. */
@NullMarked
package dev.vidda.gateway;

import org.jspecify.annotations.NullMarked;
