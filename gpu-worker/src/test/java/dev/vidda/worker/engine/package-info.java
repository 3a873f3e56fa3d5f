@NullMarked
package dev.vidda.worker.engine;

import org.jspecify.annotations.NullMarked;
