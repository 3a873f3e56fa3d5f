/** Tests of the CUDA device. Those tagged {@code gpu} need a GPU and are skipped, with the reason, where there is none. */
@NullMarked
package dev.vidda.worker.device.cuda;

import org.jspecify.annotations.NullMarked;
