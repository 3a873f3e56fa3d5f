/**
 * Measurements of the engine's parts, run by hand: what the machine's memory gives, and how much of it a model on the CPU
 * uses. {@code tools/bench/cpu_beside_transformers.sh} runs them beside the Python reference.
 */
@NullMarked
package dev.vidda.worker.bench;

import org.jspecify.annotations.NullMarked;
