/**
 * Checkpoints as Hugging Face writes them: {@code config.json} and safetensors files, mapped into memory and checked
 * before anything reads them. Every error names the file, the tensor, and what was expected and found.
 */
@NullMarked
package dev.vidda.worker.weights;

import org.jspecify.annotations.NullMarked;
