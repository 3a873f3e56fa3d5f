/** Load generator and evaluation over HTTP; knows nothing of the server's classes. */
@NullMarked
package dev.vidda.bench;

import org.jspecify.annotations.NullMarked;
