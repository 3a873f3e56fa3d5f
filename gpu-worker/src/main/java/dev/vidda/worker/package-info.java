/** The step loop, the paged KV pool, models and devices. */
@NullMarked
package dev.vidda.worker;

import org.jspecify.annotations.NullMarked;
