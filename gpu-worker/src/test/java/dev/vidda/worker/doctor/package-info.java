/** Tests of the checks themselves; those tagged {@code gpu} run them on a GPU and are skipped, with the reason, where there is none. */
@NullMarked
package dev.vidda.worker.doctor;

import org.jspecify.annotations.NullMarked;
