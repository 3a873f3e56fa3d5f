/** Models against the reference implementation's outputs, and against themselves in other company. */
@NullMarked
package dev.vidda.worker.model;

import org.jspecify.annotations.NullMarked;
