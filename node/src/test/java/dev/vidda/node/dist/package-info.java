/** Files of the distribution that no other test reads: units, Dockerfile, versions of images. */
@NullMarked
package dev.vidda.node.dist;

import org.jspecify.annotations.NullMarked;
