/**
 * The gateway's part of a request's trace: one span from its arrival to its last token, and below it one for each wait for
 * admission. The spans of scheduler and worker go under them.
 */
@NullMarked
package dev.vidda.gateway.trace;

import org.jspecify.annotations.NullMarked;
