@NullMarked
package dev.vidda.worker;

import org.jspecify.annotations.NullMarked;
