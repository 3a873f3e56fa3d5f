@NullMarked
package dev.vidda.worker.kv;

import org.jspecify.annotations.NullMarked;
