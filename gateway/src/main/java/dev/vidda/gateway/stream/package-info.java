/**
 * The way of tokens through the gateway. {@link dev.vidda.gateway.stream.TokenHub} admits requests, routes the workers'
 * frames to their streams and gives every lease back once; a {@link dev.vidda.gateway.stream.Generation} is the hub's
 * view of one HTTP request and bounds what a slow client may cost; a {@link dev.vidda.gateway.stream.ByteSource} hands
 * the deltas to the connection, on whose thread they become text.
 */
@NullMarked
package dev.vidda.gateway.stream;

import org.jspecify.annotations.NullMarked;
