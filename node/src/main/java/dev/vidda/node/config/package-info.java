/**
 * Finds mistakes in a configuration before a node starts, and says for each in one line which key is wrong, what its
 * value is, where it was set, and what to do. What a key means and which bounds it has is known elsewhere: keys and
 * types come from the documented {@code reference.conf} of each module, bounds from the settings classes that read them.
 * Besides, the machine is asked: ports, files, certificates, memory.
 */
@NullMarked
package dev.vidda.node.config;

import org.jspecify.annotations.NullMarked;
