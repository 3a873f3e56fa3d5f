package dev.vidda.node;

import dev.vidda.protocol.WorkerCard;
import java.net.InetSocketAddress;

/**
 * A node serves.
 *
 * @param address where its gateway listens
 * @param worker what its worker has to offer
 */
public record NodeReady(InetSocketAddress address, WorkerCard worker) {}
