/**
 * TCP connections below Akka HTTP. A connection's stream writes to its socket itself, so that a token needs no further actor
 * and no acknowledgement on its way out; one thread watches all sockets for what streams cannot wait for themselves: new
 * connections, requests, clients that leave, and room to write after a client did not read.
 */
@NullMarked
package dev.vidda.gateway.socket;

import org.jspecify.annotations.NullMarked;
