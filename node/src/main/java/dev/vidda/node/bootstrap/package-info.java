/**
 * How a node of a cluster finds the others where no addresses are known beforehand: it asks the Kubernetes API for pods with
 * the right label, then asks those, over a port of their own, whether a cluster exists. The same port answers the probes of
 * nodes that have no gateway. A lease of the Kubernetes API can settle which part of a torn cluster goes on.
 */
@NullMarked
package dev.vidda.node.bootstrap;

import org.jspecify.annotations.NullMarked;
